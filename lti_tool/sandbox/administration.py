"""What an administrator of this pretend school does: look at the installed tools, add one, activate or remove it."""


from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.addresses import is_web_address, origin_of
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.tools import InstalledTool

blueprint = Blueprint("administration", __name__)

_SCOPES = {
    words.ROSTER_SCOPE: "the people of a course",
    words.LINE_ITEM_SCOPE: "columns of the gradebook",
    words.LINE_ITEM_READ_SCOPE: "reading columns",
    words.RESULT_SCOPE: "reading results",
    words.SCORE_SCOPE: "sending scores",
    words.NOTICES_SCOPE: "notices",
}


@blueprint.get("/administration", endpoint="tools")
def tools() -> str:
    """The installed tools, with what each may do, and the way to add one."""
    return render_template("administration.html", tools=this_platform().tools.listed(), scopes=_SCOPES)


@blueprint.post("/administration/tools", endpoint="add_tool")
def add_tool() -> ResponseReturnValue:
    """Open a tool's registration address in a frame, with a fresh registration token."""
    platform = this_platform()
    address = request.form.get("url", "").strip()
    if not is_web_address(address):
        abort(400, "The registration address must be a whole address that begins with https://.")
    g.also_framed = {origin_of(address)}
    start = platform.registration_start(address)
    return render_template("add_tool.html", start=start, origin=origin_of(address))


@blueprint.post("/administration/tools/<client_id>/activation", endpoint="activate")
def activate(client_id: str) -> ResponseReturnValue:
    """Let a tool in that waited."""
    this_platform().registrations.activate(_tool(client_id))
    return redirect(url_for("administration.tools"), code=303)


@blueprint.post("/administration/tools/<client_id>/removal", endpoint="remove")
def remove(client_id: str) -> ResponseReturnValue:
    """Uninstall a tool that registered itself."""
    platform = this_platform()
    tool = _tool(client_id)
    if tool is platform.tools.first:
        abort(400, "The tool from the start stays.")
    platform.registrations.remove(tool)
    return redirect(url_for("administration.tools"), code=303)


def _tool(client_id: str) -> InstalledTool:
    return this_platform().tools.find(client_id) or abort(404, "There is no such tool.")
