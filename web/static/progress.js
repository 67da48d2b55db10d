// Keeps the import notice up to date without loading the page again. The page is complete without it.
const notice = document.querySelector("[data-status]");
const INTERVAL_MILLISECONDS = 3000;

async function refresh() {
  const response = await fetch(notice.dataset.status, { headers: { Accept: "application/json" } });
  if (!response.ok) return true;
  const { importing } = await response.json();
  notice.querySelector(".sentence").textContent = importing.sentence;
  const bar = notice.querySelector("progress");
  if (importing.expected) {
    bar.max = Math.max(importing.expected, importing.done, 1);
    bar.value = importing.done;
  }
  if (importing.state === "running") return true;
  bar.remove();
  notice.classList.remove("running");
  notice.classList.toggle("failed", importing.state === "failed");
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Show what came in";
  notice.append(again);
  return false;
}

async function watch() {
  let again = true;
  try {
    again = document.hidden || (await refresh());
  } catch {
    again = true; // the server may be restarting; the next try tells
  }
  if (again) setTimeout(watch, INTERVAL_MILLISECONDS);
}

if (notice) setTimeout(watch, INTERVAL_MILLISECONDS);
