// What is read again every second or two, with its buttons in it, stays while one of them is being pressed: a click needs the same element at both ends.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isPolled = detail.requestConfig.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (isPolled && detail.target.querySelector(":active")) detail.shouldSwap = false;
});
