// A link's token stands after #, which no server and no log sees; it is handed in as if it were typed.
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("token").value = token;
  document.getElementById("device").submit();
}
