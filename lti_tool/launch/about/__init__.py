"""What the LMS sent, told to whoever it was sent about; and how the connection stands, for its administrators."""

from lti_tool.launch.about.pages import about_pages

__all__ = ["about_pages"]
