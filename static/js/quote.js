// The customer's page of a quote: the total follows the options ticked, a signature may be drawn. Without this script
// the page works all the same: options are sent with the signature, and the name typed is one.
"use strict";

const form = document.querySelector("[data-quote]");
const drawn = form.querySelector("[data-drawing]");

form.addEventListener("change", async (event) => {
  if (event.target.name !== "options") return;
  const answer = await fetch(form.dataset.totalsUrl, { method: "POST", body: new FormData(form) });
  if (answer.ok) form.querySelector("[data-totals]").innerHTML = await answer.text();
});

if (drawn) {
  const canvas = drawn.querySelector("canvas");
  const field = form.querySelector("[name=drawing]");
  const pen = canvas.getContext("2d");
  let drawing = false;

  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };

  drawn.hidden = false;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.strokeStyle = "#1e293b";
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...point(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...point(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    field.value = canvas.toDataURL("image/png");
  });
  drawn.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  });
}
