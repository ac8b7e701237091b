'use strict';
// One bundle: start to first frame is 204 ms bundled, 345 ms not. ssh2 and blessed stay outside:
// ssh2 looks for optional addons, blessed requires files that do not exist.
const withoutDevtools = {
	name: 'without-devtools',
	setup({onLoad}) {
		// Ink's own development tools: they import a package that is not installed, and are never used in production.
		onLoad({filter: /[\\/]ink[\\/]build[\\/]devtools\.js$/}, () => ({contents: 'export {};'}));
	},
};

require('esbuild')
	.build({
		entryPoints: ['src/main.ts'],
		outfile: 'dist/devtop.js',
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node22.12',
		jsx: 'automatic',
		external: ['ssh2', 'blessed', 'blessed-contrib'],
		plugins: [withoutDevtools],
		define: {'process.env.NODE_ENV': '"production"'},
		banner: {
			js: "import {createRequire as _createRequire} from 'node:module'; const require = _createRequire(import.meta.url);",
		},
		logLevel: 'warning',
	})
	.catch(() => {
		process.exitCode = 1;
	});
