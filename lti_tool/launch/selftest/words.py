"""Names of the standards that both sides of the temporary platform use. Pure."""

DEPLOYMENT = "1"
DATA = "self-test: give this back as it came"
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE = _AGS + "lineitem", _AGS + "lineitem.readonly"
RESULT_SCOPE, SCORE_SCOPE = _AGS + "result.readonly", _AGS + "score"
AGS_SCOPES = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE)
SCOPES = (ROSTER_SCOPE, *AGS_SCOPES)
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
