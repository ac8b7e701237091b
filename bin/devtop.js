#!/usr/bin/env node
// Written for old parsers on purpose: it must still run on the Node it refuses.
'use strict';
var version = process.versions.node.split('.').map(Number);
if (version[0] > 22 || (version[0] === 22 && version[1] >= 12)) {
	// React loads its slow development build unless this stands before the first import.
	process.env.NODE_ENV = process.env.NODE_ENV || 'production';
	require('node:module').enableCompileCache();
	import('../dist/devtop.js').catch(error => {
		console.error((error && error.stack) || error);
		process.exitCode = 1;
	});
} else {
	console.error(
		'devtop needs Node.js 22.12 or newer, and this is ' +
			process.version +
			'. Install a newer Node.js, or start devtop with one: /path/to/node ' +
			__filename,
	);
	process.exitCode = 1;
}
