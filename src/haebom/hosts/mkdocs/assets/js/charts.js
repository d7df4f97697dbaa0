/* Interactive figures. Data and library come from the site itself, when a figure comes into view;
   a reader who changes between light and dark gets it drawn anew. */
haebom.charts = (() => {
  const files = new URL("../../haebom/files/", document.currentScript.src)
  const loading = {}
  const isDark = () => document.body.dataset.mdColorScheme === "slate"

  const load = (name) =>
    (loading[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = new URL(`${name}.js`, files).href
      if (name === "vega") script.type = "module" // its names are not for the whole page
      script.onload = resolve
      script.onerror = reject
      document.head.append(script)
    }))

  /* What a template says of the page's colours; a figure's own layout says more than it. */
  const darkTemplate = (template) => {
    const ink = "#e6e8ec", line = "rgb(230 232 236 / 18%)", none = "rgba(0,0,0,0)"
    const old = template?.layout ?? {}
    const axis = (of) => ({ ...of, gridcolor: line, linecolor: line, zerolinecolor: line })
    const scene = (of) => ({ ...axis(of), backgroundcolor: none })
    return {
      ...template,
      layout: {
        ...old,
        paper_bgcolor: none,
        plot_bgcolor: none,
        font: { ...old.font, color: ink },
        xaxis: axis(old.xaxis),
        yaxis: axis(old.yaxis),
        scene: {
          ...old.scene,
          xaxis: scene(old.scene?.xaxis),
          yaxis: scene(old.scene?.yaxis),
          zaxis: scene(old.scene?.zaxis),
        },
        polar: { ...old.polar, bgcolor: none },
        geo: { ...old.geo, bgcolor: none },
      },
    }
  }

  const draw = {
    plotly(element, spec) {
      const layout = { autosize: true, ...spec.layout }
      if (isDark()) layout.template = darkTemplate(layout.template)
      return Plotly.react(element, spec.data, layout, { responsive: true, ...spec.config })
    },
    async vega(element, spec) {
      element.view?.finalize()
      const config = isDark() ? { background: "transparent" } : {}
      const options = { actions: false, theme: isDark() ? "dark" : undefined, config }
      const drawn = await vegaEmbed(element, spec, options)
      element.view = drawn.view
    },
  }

  const show = async (element) => {
    const name = element.dataset.haebomChart
    try {
      const [answer] = await Promise.all([fetch(new URL(element.dataset.spec, files)), load(name)])
      const spec = await answer.json()
      element.textContent = ""
      element.drawn = () => draw[name](element, structuredClone(spec))
      await element.drawn()
    } catch (error) {
      console.warn(error)
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries)
      if (isIntersecting) {
        seen.unobserve(target)
        show(target)
      }
  }, { rootMargin: "200px" })

  new MutationObserver(() => {
    for (const element of document.querySelectorAll("[data-haebom-chart]")) element.drawn?.()
  }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })

  return { watch: (element) => seen.observe(element) }
})()
haebom.onPage((page) => page.querySelectorAll("[data-haebom-chart]").forEach(haebom.charts.watch))
