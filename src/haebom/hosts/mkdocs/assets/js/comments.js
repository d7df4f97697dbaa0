/* Comments: giscus is loaded when the reader asks for it, and follows the colour scheme. */
{
  const scheme = () =>
    document.body.getAttribute("data-md-color-scheme") === "slate" ? "noborder_dark" : "noborder_light"
  haebom.onPage(page => {
    const button = page.querySelector(".haebom-comments button")
    button?.addEventListener("click", () => {
      const script = page.createElement("script")
      script.src = "https://giscus.app/client.js"
      script.crossOrigin = "anonymous"
      Object.assign(script.dataset, { ...button.dataset, mapping: "pathname", strict: "1" },
        { reactionsEnabled: "1", inputPosition: "top", theme: scheme() })
      button.replaceWith(script)
    })
  })
  new MutationObserver(() => {
    const setConfig = { theme: scheme() }
    document.querySelector("iframe.giscus-frame")?.contentWindow
      .postMessage({ giscus: { setConfig } }, "https://giscus.app")
  }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
}
