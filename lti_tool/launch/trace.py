"""What a launch said, as it may be shown and kept: which claims came, never a name, an address or a token. Pure."""

from typing import Any

from lti_tool.launch.claims import Launch


def what_was_sent(launch: Launch) -> dict[str, Any]:
    """`roles` as they came; which names, services and `custom` parameters were there; what a deep link `takes`."""
    names = launch.names
    said = {
        "name": names.name, "given_name": names.given_name, "family_name": names.family_name, "email": names.email,
    }  # fmt: skip
    return {
        "roles": list(launch.roles),
        "names": [name for name, value in said.items() if value],
        "context": launch.context is not None,
        "roster": launch.roster_url is not None,
        "grade_scopes": list(launch.grades.scopes) if launch.grades else [],
        "custom": sorted(launch.custom),
        "document_target": launch.document_target,
        "takes": list(launch.picking.types) if launch.picking else [],
    }
