import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {expect, test} from 'vitest';

const root = new URL('../../src', import.meta.url).pathname;

/** Folder to what it may import: folders, and packages. The table of ARCHITECTURE.md, held against the code. */
const LAYERS: Record<string, {readonly folders: readonly string[]; readonly packages: readonly RegExp[]}> = {
	domain: {folders: [], packages: []},
	sources: {folders: ['domain'], packages: []},
	rules: {folders: ['domain'], packages: []},
	panes: {folders: ['domain', 'sources', 'rules'], packages: []},
	actions: {folders: ['domain'], packages: []},
	transport: {folders: ['domain'], packages: [/^node:/, /^ssh2$/]},
	session: {folders: ['domain'], packages: [/^zustand\/vanilla$/, /^node:(?:crypto|fs|path|util|zlib)$/]},
	ui: {
		folders: ['domain', 'session'],
		packages: [/^react$/, /^ink$/, /^zustand(\/vanilla)?$/, /^string-width$/, /^blessed(-contrib.*)?$/, /^node:/],
	},
	embedded: {folders: ['domain', 'sources', 'transport'], packages: [/^node:/]},
	handover: {folders: ['domain', 'sources', 'rules', 'panes', 'session'], packages: []},
	commands: {
		folders: ['domain', 'sources', 'rules', 'panes', 'actions', 'transport', 'session', 'handover', 'ui', 'embedded'],
		packages: [/^node:/],
	},
};

type Import = {readonly file: string; readonly from: string; readonly what: string};

function imports(): Import[] {
	const found: Import[] = [];
	for (const entry of readdirSync(root, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
		const file = relative(root, join(entry.parentPath, entry.name));
		for (const [, what = ''] of readFileSync(join(root, file), 'utf8').matchAll(
			/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g,
		))
			found.push({file, from: file.includes('/') ? (file.split('/')[0] ?? '') : 'main', what});
	}
	return found;
}

const folderOf = ({file, what}: Import): string => relative(root, join(root, file, '..', what)).split('/')[0] ?? '';

test('imports go down only', () => {
	const wrong = imports()
		.filter(({from}) => from !== 'main')
		.filter(found => {
			const layer = LAYERS[found.from];
			if (layer === undefined) return true;
			if (!found.what.startsWith('.')) return !layer.packages.some(name => name.test(found.what));
			const folder = folderOf(found);
			return folder !== found.from && !layer.folders.includes(folder);
		});
	expect(wrong).toEqual([]);
});

test('no pane imports another', () => {
	const wrong = imports().filter(found => {
		const [, mine, more] = found.file.split('/');
		if (found.from !== 'panes' || more === undefined || !found.what.startsWith('..')) return false;
		const [folder, theirs, file] = relative(root, join(root, found.file, '..', found.what)).split('/');
		return folder === 'panes' && file !== undefined && theirs !== mine;
	});
	expect(wrong).toEqual([]);
});

test.each([
	['ssh2', /^transport\/ssh\//],
	['blessed-contrib', /^ui\/charts\.tsx?$/],
	['blessed', /^ui\/charts\.tsx?$/],
])('%s is imported in one place', (name, place) => {
	const where = imports().filter(({what}) => what === name || what.startsWith(`${name}/`));
	expect(where.filter(({file}) => !place.test(file))).toEqual([]);
});

/** The core computes only. Types come from a tsconfig without Node and DOM; this catches what TypeScript's own library has. */
test('the core asks no clock', () => {
	const wrong: string[] = [];
	for (const folder of ['domain', 'sources', 'rules', 'panes', 'actions'].filter(name => existsSync(join(root, name))))
		for (const name of readdirSync(join(root, folder), {recursive: true})
			.map(String)
			.filter(file => file.endsWith('.ts')))
			if (
				/\bDate\b(?!')|\bMath\.random\b/.test(
					readFileSync(join(root, folder, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
				)
			)
				wrong.push(`${folder}/${name}`);
	expect(wrong).toEqual([]);
});
