// Every address is relative to /docs, so that the page also works below a path of a proxy.
window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  layout: "BaseLayout",
  oauth2RedirectUrl: new URL("docs/oauth2-redirect", document.baseURI).href,
  presets: [SwaggerUIBundle.presets.apis],
  showCommonExtensions: true,
  showExtensions: true,
});
