"""Every address of the console's platforms, launches and keys on one page."""

from flask import Blueprint

from lti_tool.launch.console import by_hand, key_pages, legacy_pages, notice_pages, pages

_ONE = "/platforms/<registration_id>"
_DEPLOYMENT = _ONE + "/deployments/<deployment_id>"

console = Blueprint("console", __name__)
console.add_url_rule("", "platforms", pages.platforms)
console.add_url_rule("/invitations", "invite", pages.invite, methods=["POST"])
console.add_url_rule("/invitations/<invite_id>/withdrawal", "withdraw", pages.withdraw, methods=["POST"])
console.add_url_rule("/platforms/new", "by_hand", by_hand.by_hand, methods=["GET", "POST"])
console.add_url_rule(_ONE, "platform", pages.platform)
console.add_url_rule(_ONE + "/name", "rename", pages.rename, methods=["POST"])
console.add_url_rule(_ONE + "/switch", "switch", pages.switch, methods=["POST"])
console.add_url_rule(_ONE + "/launches", "launches", pages.launches)
console.add_url_rule(_DEPLOYMENT + "/switch", "deployment", pages.deployment, methods=["POST"])
console.add_url_rule(_DEPLOYMENT + "/organization", "give", pages.give, methods=["POST"])
console.add_url_rule(
    _DEPLOYMENT + "/notices", "register_notices", notice_pages.register_notices, methods=["POST"]
)  # fmt: skip
console.add_url_rule(_ONE + "/keys", "keys", key_pages.keys)
console.add_url_rule(_ONE + "/keys/rotation", "rotate_keys", key_pages.rotate, methods=["POST"])
console.add_url_rule(_ONE + "/keys/stop", "stop_keys", key_pages.stop, methods=["GET", "POST"])
console.add_url_rule(_ONE + "/keys/storing", "store_key", key_pages.store, methods=["POST"])
console.add_url_rule(_ONE + "/keys/<kid>/entered", "key_entered", key_pages.entered, methods=["POST"])
console.add_url_rule(_ONE + "/keys/<kid>/drop", "drop_key", key_pages.drop, methods=["POST"])
console.add_url_rule(_ONE + "/consumers", "consumer", legacy_pages.consumer, methods=["POST"])
console.add_url_rule(
    _ONE + "/consumers/<consumer_id>/removal", "no_consumer", legacy_pages.no_consumer, methods=["POST"]
)  # fmt: skip
console.add_url_rule(_ONE + "/legacy/<link_id>", "legacy_link", legacy_pages.link, methods=["POST"])
