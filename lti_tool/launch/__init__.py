"""The door: login, launch, keys and roster. The only folder that may know LTI, PyLTI1p3 and foreign ids."""

from lti_tool.launch import problems as problems
