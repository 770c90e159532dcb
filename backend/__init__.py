"""Quenotte: the patient's side of a dental practice. Start reading at app.py and worker.py."""

import os

os.environ.setdefault("PICCOLO_CONF", "backend.piccolo_conf")
