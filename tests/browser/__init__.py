"""Stories in a real Chromium: the tool on localhost, framed by the LMS on 127.0.0.1, third-party cookies blocked."""
