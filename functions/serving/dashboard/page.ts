/** The mark: a wave that leaves its line on the shore. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0b6e6e"/>
<path d="M5 13c3.7 0 3.7-4 7.3-4s3.7 4 7.4 4 3.6-4 7.3-4" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>
<path d="M5 22h22" stroke="#7fe0d2" stroke-width="2.6" stroke-linecap="round"/>
</svg>`;

/**
 * The page is the same for everyone; the script fills it. Addresses are relative, so that it also works below an
 * API Gateway stage (`/dev/`). The script stands in the head without `defer`: it sets the remembered colour theme
 * before anything is painted, and builds the page once the document is there.
 */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tidemark</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Live state of a Tidemark installation.">
<link rel="icon" href="assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="assets/app.css">
<script src="assets/app.js"></script>
</head>
<body>
<div id="app"></div>
<noscript><p class="noscript">The dashboard needs JavaScript. The same figures are at <a href="v1/status">v1/status</a>.</p></noscript>
</body>
</html>
`;
