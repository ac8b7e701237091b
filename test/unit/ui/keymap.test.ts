import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {BINDINGS, intentOf, keyTable, nameOf} from '../../../src/ui/keymap.ts';

test('every key has one meaning', () => {
	const names = BINDINGS.flatMap(({commands}) => commands.flatMap(({keys}) => keys));
	expect(names.length).toBe(new Set(names).size);
});

test('the README shows this table', () => {
	expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain(keyTable());
});

test.each([
	['', {upArrow: true}, 'up'],
	['', {tab: true, shift: true}, 'shift-tab'],
	['', {delete: true}, 'backspace'],
	['c', {ctrl: true}, 'ctrl-c'],
	['x', {meta: true}, 'meta-x'],
	[' ', {}, 'space'],
	['?', {}, '?'],
])('%j %o is %s', (input, key, name) => {
	expect(nameOf(input, key)).toBe(name);
});

test('no letter changes anything on a device', () => {
	const kinds = new Set([...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].map(key => intentOf(key)?.kind));
	expect([...kinds].filter(kind => kind !== undefined).toSorted()).toEqual(
		[
			// A form and a menu: what they lead to is asked about, and confirmed by other keys.
			'act',
			'arm',
			'bell',
			'calm',
			'filter',
			'first',
			'handover',
			'last',
			'log',
			'mark',
			'match',
			'move',
			'pick',
			'preset',
			'quit',
			'reconnect',
			// A dialog where a permission covers it, else what can be copied.
			'shell',
			'story',
			'trouble',
			'write',
			'zone',
			'zoom',
		].toSorted(),
	);
});
