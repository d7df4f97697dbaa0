/* A figure in its full size, above the page; without this the link leads to the image's file. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.haebom-zoom")
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return
  const shown = [...link.querySelectorAll("img")].find((image) => image.offsetWidth)
  if (!shown || !window.HTMLDialogElement) return
  event.preventDefault()
  event.stopPropagation()
  const image = shown.cloneNode()
  image.removeAttribute("hidden")
  image.removeAttribute("loading")
  const natural = Number(shown.getAttribute("width")) || shown.naturalWidth || shown.offsetWidth
  const high = Number(shown.getAttribute("height")) || shown.naturalHeight || shown.offsetHeight
  const room = Math.min((innerWidth * 0.96) / natural, (innerHeight * 0.96) / high)
  // as large as the screen has room for; on a phone larger, to be moved with a finger
  const scale = Math.max(Math.min(room, 2), Math.min(1, room * 2))
  image.width = Math.round(natural * scale)
  image.height = Math.round(high * scale)
  const close = document.createElement("button")
  close.type = "button"
  close.textContent = "×"
  close.setAttribute("aria-label", document.documentElement.lang === "ko" ? "닫기" : "Close")
  const dialog = document.createElement("dialog")
  dialog.className = "haebom-lightbox"
  dialog.setAttribute("aria-label", image.alt)
  dialog.append(image, close)
  dialog.addEventListener("click", () => dialog.close())
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}, true)
