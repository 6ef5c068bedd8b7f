// The end of a dynamic registration: the LMS may close this page. The message carries nothing, so anybody may hear it;
// an LMS that shows us in a frame is our parent, one that opened a window our opener.
(window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
