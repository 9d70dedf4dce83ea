
// Fetches the page again and puts its new content in place, without losing the scroll position.
function later() {
  const seconds = Number(document.querySelector("main").dataset.refresh);
  setTimeout(refresh, seconds * 1000);
}
async function refresh() {
  try {
    const reading = !getSelection().isCollapsed;
    const answer = document.hidden || reading ? null : await fetch(location.href);
    if (answer && answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const left = [...document.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
      document.querySelector("main").replaceWith(page.querySelector("main"));
      document.querySelectorAll(".scroll").forEach((box, i) => (box.scrollLeft = left[i] || 0));
      document.title = page.title;
    }
  } catch {
    // The server is away; it may come back.
  }
  later();
}
addEventListener("DOMContentLoaded", later);
