// What a script adds: a sign that an answer is being worked out, and charts that tell their values. Pages need neither.
const waiting = document.querySelector(".waiting");

function wait() {
  waiting.classList.add("on");
  const told = document.createElement("span");
  told.textContent = waiting.dataset.text;
  waiting.replaceChildren(told);
}

function rest() {
  clearTimeout(timer);
  waiting.classList.remove("on");
  waiting.replaceChildren();
}

let timer;
const soon = () => { clearTimeout(timer); timer = setTimeout(wait, 350); };
document.addEventListener("submit", soon);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const leaves = link && link.origin === location.origin && !link.hasAttribute("download") && !link.target;
  const stays = !link || link.pathname + link.search === location.pathname + location.search;
  if (leaves && !stays && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey) soon();
});
addEventListener("pageshow", rest);

const version = new URL(import.meta.url).search;
const dark = matchMedia("(prefers-color-scheme: dark)");

async function draw(figure, place) {
  const [, answer] = await Promise.all([
    import(`./vega-embed.js${version}`), fetch(dark.matches ? figure.dataset.dark : figure.dataset.spec, { headers: { accept: "application/json" } }),
  ]);
  const spec = await answer.json();
  await window.vegaEmbed(place, spec, {
    actions: false, ast: true, defaultStyle: false, renderer: "canvas", tooltip: { disableDefaultStyle: true },
  });
}

for (const figure of document.querySelectorAll("figure.chart[data-spec]")) {
  const button = document.createElement("button");
  const picture = figure.querySelector("picture");
  button.type = "button";
  button.className = "light";
  button.textContent = figure.dataset.show;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", async () => {
    let canvas = figure.querySelector(".canvas");
    const on = !canvas || canvas.hidden;
    if (!canvas) {
      canvas = document.createElement("div");
      canvas.className = "canvas";
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", picture.querySelector("img").alt);
      picture.after(canvas);
      try {
        await draw(figure, canvas);
      } catch (error) {
        canvas.remove();
        button.remove();
        console.error(error);
        return;
      }
    }
    canvas.hidden = !on;
    picture.hidden = on;
    button.textContent = on ? figure.dataset.back : figure.dataset.show;
    button.setAttribute("aria-pressed", String(on));
  });
  figure.querySelector(".files")?.append(button);
}
