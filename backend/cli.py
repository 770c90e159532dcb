"""The command line: `quenotte web | work | migrate | seed | run | …`. Each command imports what it needs,
so that a missing setting stops it with a sentence before anything else happens."""

import argparse
import os
import sys

from backend.kit.settings import SettingsError


def _run(_: argparse.Namespace) -> int:
    """the whole demo on this machine: PostgreSQL, Valkey, peers, web app, worker"""
    from backend.local.supervisor import main

    return main()


def _reset(_: argparse.Namespace) -> int:
    """forget the demo's data and start over next time"""
    from backend.local.supervisor import reset

    return reset()


def _web(arguments: argparse.Namespace) -> int:
    """the web app"""
    import uvicorn

    from backend.kit.settings import settings

    settings()
    proxies = os.environ.get("QUENOTTE_TRUSTED_PROXIES", "")
    uvicorn.run(
        "backend.app:app",
        host=arguments.host,
        port=int(os.environ.get("PORT", "8000")),
        workers=arguments.workers,
        access_log=False,
        server_header=False,
        log_level="warning",
        # Without a proxy of ours in front, what a client says of its own address counts for nothing.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=10,
    )
    return 0


def _work(_: argparse.Namespace) -> int:
    """one worker: events, due messages, clock jobs"""
    from backend.worker import main

    main()
    return 0


def _migrate(_: argparse.Namespace) -> int:
    """bring the database to today's schema (as its owner)"""
    os.environ["QUENOTTE_AS_OWNER"] = "1"
    from backend.migrate import main

    main()
    return 0


def _seed(arguments: argparse.Namespace) -> int:
    """put the demo practice into an empty database (demo only)"""
    os.environ["QUENOTTE_AS_OWNER"] = "1"
    from backend.demo.seed import main

    main(cast_only=arguments.cast_only)
    return 0


def _peers(_: argparse.Namespace) -> int:
    """the demo's mail server and push service"""
    from backend.demo.peers.__main__ import main

    main()
    return 0


def _invite_owner(_: argparse.Namespace) -> int:
    """a one-use link with which the practice's owner creates their account"""
    import asyncio

    from backend.identity.actions import invite_owner
    from backend.kit import db
    from backend.kit.settings import settings

    async def invite() -> str:
        await db.open_pool(2)
        try:
            return await invite_owner()
        finally:
            await db.close_pool()

    print(settings().public_url + asyncio.run(invite()))
    return 0


def _practice(arguments: argparse.Namespace) -> int:
    """write the practice's set-up to a file, or make it what a file says"""
    from backend.practice_file import main

    return main(arguments.deed, arguments.file, check=arguments.check)


def _check(_: argparse.Namespace) -> int:
    """whether the settings, the questionnaire and the message templates are complete"""
    from backend.checks import check_everything

    check_everything()
    print("Everything that can be checked without a database is in order.")
    return 0


def _openapi(_: argparse.Namespace) -> int:
    """the OpenAPI document, as text"""
    from backend.app import openapi_text

    print(openapi_text(), end="")
    return 0


def _routes(_: argparse.Namespace) -> int:
    """every address, its methods and who may enter"""
    from backend.app import route_lines

    print("\n".join(route_lines()))
    return 0


COMMANDS = {
    "run": _run,
    "reset": _reset,
    "web": _web,
    "work": _work,
    "migrate": _migrate,
    "seed": _seed,
    "peers": _peers,
    "invite-owner": _invite_owner,
    "practice": _practice,
    "check": _check,
    "openapi": _openapi,
    "routes": _routes,
}


def main() -> int:
    """The entry point of `quenotte` and of `python -m backend`."""
    parser = argparse.ArgumentParser(prog="quenotte", description="The patient's side of a dental practice.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        one = commands.add_parser(name, help=function.__doc__)
        if name == "seed":
            one.add_argument("--cast-only", action="store_true", help="no generated population (tests)")
        if name == "practice":
            one.add_argument("deed", choices=("export", "load"))
            one.add_argument("file", metavar="FILE", help="a .toml file; - for standard output or input")
            one.add_argument("--check", action="store_true", help="with load: only say what would change")
        if name == "web":
            one.add_argument("--host", default=os.environ.get("QUENOTTE_HOST", "127.0.0.1"))
            one.add_argument("--workers", type=int, default=int(os.environ.get("QUENOTTE_WEB_WORKERS", "1")))
    arguments = parser.parse_args()
    try:
        return COMMANDS[arguments.command](arguments)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
