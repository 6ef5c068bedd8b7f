"""What kind of achievement a badge stands for: the list of Open Badges 3.0, with its words for people.

The list may be extended by names that begin with `ext:`; badges that come from elsewhere carry such ones.
https://www.imsglobal.org/spec/ob/v3p0/#achievementtype-enumeration
"""

from lti_tool.words import said, to_say

ACHIEVEMENT_TYPES = {
    "Achievement": to_say("Achievement"),
    "ApprenticeshipCertificate": to_say("Apprenticeship certificate"),
    "Assessment": to_say("Assessment"),
    "Assignment": to_say("Assignment"),
    "AssociateDegree": to_say("Associate degree"),
    "Award": to_say("Award"),
    "BachelorDegree": to_say("Bachelor degree"),
    "Badge": to_say("Badge"),
    "Certificate": to_say("Certificate"),
    "CertificateOfCompletion": to_say("Certificate of completion"),
    "Certification": to_say("Certification"),
    "CoCurricular": to_say("Co-curricular activity"),
    "CommunityService": to_say("Community service"),
    "Competency": to_say("Competency"),
    "Course": to_say("Course"),
    "Degree": to_say("Degree"),
    "Diploma": to_say("Diploma"),
    "DoctoralDegree": to_say("Doctoral degree"),
    "Fieldwork": to_say("Fieldwork"),
    "GeneralEducationDevelopment": to_say("General education development"),
    "JourneymanCertificate": to_say("Journeyman certificate"),
    "LearningProgram": to_say("Learning programme"),
    "License": to_say("Licence"),
    "MasterCertificate": to_say("Master certificate"),
    "MasterDegree": to_say("Master degree"),
    "Membership": to_say("Membership"),
    "MicroCredential": to_say("Micro-credential"),
    "ProfessionalDoctorate": to_say("Professional doctorate"),
    "QualityAssuranceCredential": to_say("Quality assurance credential"),
    "ResearchDoctorate": to_say("Research doctorate"),
    "SecondarySchoolDiploma": to_say("Secondary school diploma"),
}


def type_word(achievement_type: str) -> str:
    """The type as people read it, in their language; one that is not of the list as it is written."""
    return said(ACHIEVEMENT_TYPES.get(achievement_type, achievement_type.removeprefix("ext:")))
