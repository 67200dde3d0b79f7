import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import swaggerUi from 'swagger-ui-dist'
import { openApiDocument } from './openapi.ts'

/** What the embedded server shows besides the operations: their description, and a page to read and try them. */
export interface Page {
  readonly type: string
  readonly content: string | Buffer
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Laurel API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`
/** Without `validatorUrl: null` the page, opened by another name than localhost, sends the description to a validator outside. */
const start =
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, persistAuthorization: false, validatorUrl: null })\n"

/** The pages by path. Everything comes from this machine: no internet needed. */
export function documentationPages(): ReadonlyMap<string, () => Page> {
  const openApi = JSON.stringify(openApiDocument(), null, 1)
  const html = (): Page => ({ type: 'text/html; charset=utf-8', content: page })
  const asset = (name: string, type: string) => (): Page => ({
    type,
    content: readFileSync(join(swaggerUi.getAbsoluteFSPath(), name)),
  })
  return new Map([
    ['/', html],
    ['/docs', html],
    ['/docs/start.js', () => ({ type: 'text/javascript', content: start })],
    ['/docs/swagger-ui.css', asset('swagger-ui.css', 'text/css')],
    ['/docs/swagger-ui-bundle.js', asset('swagger-ui-bundle.js', 'text/javascript')],
    ['/docs/favicon-32x32.png', asset('favicon-32x32.png', 'image/png')],
    ['/openapi.json', () => ({ type: 'application/json', content: openApi })],
  ])
}
