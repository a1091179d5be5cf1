/** Keeps Swagger UI's operations short, and within the width of a phone. */
export const DOCS_CSS = `
.swagger-ui .response-col_links { display: none }
.swagger-ui .response:not([data-code='200']) .response-control-media-type { display: none }
.swagger-ui .response:not([data-code='200']) .response-controls { padding-top: 0 }
.swagger-ui .response .model-example .tab { margin: 4px 0 }
.swagger-ui .response .model-example .microlight { max-height: 6em; min-height: 0 }
.swagger-ui .response[data-code='200'] .model-example .microlight { max-height: 24em }
.swagger-ui table.headers td, .swagger-ui table.headers th { padding: 2px 8px 2px 0 }
.swagger-ui table.headers .header-col p { margin: 0 }
.swagger-ui .responses-inner .response-col_description__inner p { margin: 0 }
.swagger-ui tr.response > td { padding-top: 8px }
.swagger-ui .opblock-body pre, .swagger-ui .renderedMarkdown code { overflow-wrap: anywhere }
@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .responses-inner, .swagger-ui .opblock-description-wrapper { padding: 8px }
  .swagger-ui table.responses-table, .swagger-ui table.headers { table-layout: fixed; overflow-wrap: anywhere }
  .swagger-ui .responses-table .response-col_status { width: 3.5em }
  .swagger-ui .parameters-col_name { width: 8em; overflow-wrap: anywhere }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select { max-width: 100%; min-width: 0 }
}
`;
