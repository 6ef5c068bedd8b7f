// Sends the answer to the LMS; without scripts its button does.
document.getElementById("answer").submit();
