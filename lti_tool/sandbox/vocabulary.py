"""The names the LTI specifications give to claims, roles, scopes and media types."""

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
ROSTER_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTOR = f"{_MEMBERSHIP}#Instructor"
TEACHING_ASSISTANT = f"{_MEMBERSHIP}/Instructor#TeachingAssistant"
LEARNER = f"{_MEMBERSHIP}#Learner"
MENTOR = f"{_MEMBERSHIP}#Mentor"
COURSE_DESIGNER = f"{_MEMBERSHIP}#ContentDeveloper"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
MEMBERSHIP_PREFIX = f"{_MEMBERSHIP}#"

_INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
INSTITUTION_ADMINISTRATOR = f"{_INSTITUTION}#Administrator"
INSTITUTION_STAFF = f"{_INSTITUTION}#Staff"
INSTITUTION_FACULTY = f"{_INSTITUTION}#Faculty"
INSTITUTION_STUDENT = f"{_INSTITUTION}#Student"
INSTITUTION_OBSERVER = f"{_INSTITUTION}#Observer"
SYSTEM_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"

COURSE_OFFERING = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"

ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_GRADES_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope"
LINE_ITEM_SCOPE = f"{_GRADES_SCOPE}/lineitem"
LINE_ITEM_READ_SCOPE = f"{_GRADES_SCOPE}/lineitem.readonly"
RESULT_SCOPE = f"{_GRADES_SCOPE}/result.readonly"
SCORE_SCOPE = f"{_GRADES_SCOPE}/score"
GRADES_SCOPES = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE)
ALL_SCOPES = (ROSTER_SCOPE, *GRADES_SCOPES)

ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
