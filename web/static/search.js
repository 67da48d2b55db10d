// Offers titles and words while somebody types. The form works without it.
const form = document.querySelector("form[data-suggest]");
const PAUSE_MILLISECONDS = 120;
let timer = 0;
let places = new Map();

async function offer(input, list) {
  const typed = input.value.trim();
  if (typed.length < 2) return;
  const response = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`);
  if (!response.ok || input.value.trim() !== typed) return;
  const { suggestions } = await response.json();
  places = new Map(suggestions.filter((one) => one.package).map((one) => [one.text, one.href]));
  list.replaceChildren(
    ...suggestions.map((one) => Object.assign(document.createElement("option"), { value: one.text })),
  );
}

if (form) {
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("datalist");
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(input, list).catch(() => {}), PAUSE_MILLISECONDS);
  });
  form.addEventListener("submit", (event) => {
    const place = places.get(input.value.trim());
    if (place) {
      event.preventDefault();
      location.href = place; // a title that was chosen leads to its package
    }
  });
}
