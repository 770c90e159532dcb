"""The one engine. The URL is the app role's, or the owner's while migrating (`QUENOTTE_AS_OWNER=1`)."""

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

from backend.kit.settings import owner_database_url


def _url() -> str:
    if os.environ.get("QUENOTTE_AS_OWNER") == "1":
        return owner_database_url(os.environ)
    # The typed settings refuse an empty URL before any query runs; imports alone need none.
    return os.environ.get("QUENOTTE_DATABASE_URL", "")


DB = PostgresEngine(config={"dsn": _url()}, extensions=())
APP_REGISTRY = AppRegistry(apps=["backend.piccolo_app"])
