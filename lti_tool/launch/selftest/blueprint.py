"""Every address of the self-test: those of its temporary platform, and those of the console."""

from flask import Blueprint

from lti_tool.launch.selftest import endpoints, gradebook, pages

# Under `/lti/self-test`; they answer 404 unless the run that they name is under way.
self_test_platform = Blueprint("self_test_platform", __name__)
_rule = self_test_platform.add_url_rule
_rule("/<secret>/jwks.json", "key_set", endpoints.key_set)
_rule("/<secret>/other/jwks.json", "other_key_set", endpoints.other_key_set)
_rule("/<secret>/token", "token", endpoints.token, methods=["POST"])
_rule("/<secret>/deep-link-return", "deep_link_return", endpoints.deep_link_return, methods=["POST"])
_rule("/<secret>/<course>/memberships", "memberships", endpoints.memberships)
_rule("/<secret>/<course>/lineitems", "line_items", gradebook.line_items)
_rule("/<secret>/<course>/lineitems", "create_line_item", gradebook.create_line_item, methods=["POST"])
_rule("/<secret>/<course>/lineitems/<number>", "line_item", gradebook.line_item)
_rule("/<secret>/<course>/lineitems/<number>", "replace_line_item", gradebook.replace_line_item, methods=["PUT"])
_rule("/<secret>/<course>/lineitems/<number>/scores", "post_score", gradebook.post_score, methods=["POST"])
_rule("/<secret>/<course>/lineitems/<number>/results", "results", gradebook.results)

# Under `/admin`.
self_test_console = Blueprint("self_test", __name__)
self_test_console.add_url_rule("/self-test", "runs", pages.runs)
self_test_console.add_url_rule("/self-test", "start", pages.start, methods=["POST"])
self_test_console.add_url_rule("/self-test/<run_id>", "run", pages.run)
self_test_console.add_url_rule("/self-test/<run_id>/progress", "progress", pages.progress)
self_test_console.add_url_rule("/self-test/<run_id>/evidence.zip", "evidence", pages.evidence)
self_test_console.add_url_rule("/conformance/<registration_id>", "conformance", pages.conformance)
self_test_console.add_url_rule(
    "/conformance/<registration_id>/evidence.zip", "conformance_evidence", pages.conformance_evidence
)
