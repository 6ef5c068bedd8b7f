// Sends the one form of a forwarding page on; without scripts its button does.
document.getElementById("forward").submit();
