"""Pages. A handler gives a template and a view struct; the frame (who, which practice) is added here.

The kit knows neither practice nor session: the roof gives it `make_frame`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import jinja2
from litestar import MediaType, Request, Response
from litestar.datastructures import State

from backend.kit import i18n
from backend.kit.assets import PWA, asset, version
from backend.kit.ids import new_token

AnyRequest = Request[Any, Any, State]
FrameMaker = Callable[[AnyRequest], Awaitable[Any]]

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(PWA / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["asset"] = asset
_environment.globals["version"] = version
_frame_maker: list[FrameMaker] = []


def set_frame_maker(maker: FrameMaker) -> None:
    """Called once by the roof: how to find out who looks, and at which practice."""
    _frame_maker[:] = [maker]


def html(template: str, *, frame: Any, view: Any, locale: str) -> str:
    """A template as text. A name that the view does not have is a bug and raises."""

    def t(key: str, **values: object) -> str:
        return i18n.t(locale, key, **values)

    def tn(key: str, n: int, **values: object) -> str:
        return i18n.tn(locale, key, n, **values)

    return _environment.get_template(template).render(frame=frame, view=view, t=t, tn=tn, once=new_token())


async def page(request: AnyRequest, template: str, view: Any = None, status: int = 200) -> Response[str]:
    """The page as an answer, in the locale of its frame."""
    frame = await _frame_maker[0](request)
    body = html(template, frame=frame, view=view, locale=frame.locale)
    return Response(body, media_type=MediaType.HTML, status_code=status)
