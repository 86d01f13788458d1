// A run's page: while the run is under way, the page looks again every two seconds.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (document.querySelector(".bo-progress[data-waiting='true']")) setTimeout(() => location.reload(), 2000);
});
