"""The address at which tools say where they want to hear notices. (Platform Notification Service 1.0.)"""

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.addresses import is_web_address, origin_of
from lti_tool.sandbox.notices import KINDS
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.service import need_content_type, need_scope, read_object, refuse_service
from lti_tool.sandbox.tools import InstalledTool

blueprint = Blueprint("notice_service", __name__)


@blueprint.get("/notice-handlers/<deployment>", endpoint="notice_handlers")
def handlers(deployment: str) -> Response:
    """Every kind of notice with the tool's handler for it, which may be empty."""
    tool = _tool(deployment)
    listed = [{"notice_type": kind, "handler": this_platform().notices.handler(tool, kind)} for kind in KINDS]
    return jsonify(client_id=tool.client_id, deployment_id=tool.deployment_id, notice_handlers=listed)


@blueprint.put("/notice-handlers/<deployment>", endpoint="notice_handlers_put")
def register(deployment: str) -> Response:
    """Another handler in the place of the one before; whoever asks for the greeting is greeted at once."""
    platform, tool = this_platform(), _tool(deployment)
    need_content_type("application/json")
    if platform.faults.notices.refuses:
        refuse_service(platform.faults.notices.refuses, "handlers cannot be registered at the moment")
    said = read_object()
    kind, handler = said.get("notice_type"), said.get("handler")
    if kind not in KINDS:
        refuse_service(400, "notice_type is none that is sent here")
    if not isinstance(handler, str) or (handler and not is_web_address(handler)):
        refuse_service(400, "handler must be a whole address, or empty")
    if handler and origin_of(handler) not in tool.origins:
        refuse_service(400, "handler is not on the tool's own domain")
    platform.notices.register(tool, str(kind), handler)
    if kind == words.HELLO_NOTICE:
        platform.notices.send(tool, words.HELLO_NOTICE)
    return jsonify(notice_type=kind, handler=handler)


def _tool(deployment: str) -> InstalledTool:
    """The tool of this deployment, which only it may ask about."""
    grant = need_scope(words.NOTICES_SCOPE)
    tool = this_platform().tools.find(grant.client_id)
    if tool is None or tool.deployment_id != deployment:
        refuse_service(404, "there is no such deployment of this tool")
    return tool
