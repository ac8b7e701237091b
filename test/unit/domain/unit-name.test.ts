import {expect, test} from 'vitest';
import {isUnitName} from '../../../src/domain/units/name.ts';
import {randomOf} from '../../support/chance.ts';

/** By unit_name_is_valid(UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE) in src/basic/unit-name.c of systemd. */
test.each([
	['balena.service', true],
	['getty@tty1.service', true],
	['a@@b.service', true],
	['a@@.service', true],
	['a@b@c.service', true],
	['-.mount', true],
	['-.slice', true],
	['-h.service', true],
	['--help.service', true],
	['a..service', true],
	['..service', true],
	['a.b.c.timer', true],
	['dev-disk-by\\x2duuid-1.device', true],
	['a:b_c-d.0.socket', true],
	['x.target', true],
	['x.automount', true],
	['x.swap', true],
	['x.path', true],
	['x.scope', true],
	[`${'a'.repeat(247)}.service`, true],
	[`${'a'.repeat(248)}.service`, false],
	// A template is a valid name and no unit: systemctl refuses to act on it.
	['getty@.service', false],
	['@tty1.service', false],
	['@.service', false],
	['', false],
	['.service', false],
	['service', false],
	['balena', false],
	['balena.', false],
	['balena.Service', false],
	['balena.service ', false],
	[' balena.service', false],
	['balena.service\n', false],
	['balena\n.service', false],
	['balena.service\u0000', false],
	['balena.snapshot', false],
	['a b.service', false],
	['a/b.service', false],
	['../x.service', false],
	['a;b.service', false],
	['$(id).service', false],
	['`id`.service', false],
	["a'b.service", false],
	['a"b.service', false],
	['a*.service', false],
	['a?.service', false],
	['[a].service', false],
	['~a.service', false],
	['a=b.service', false],
	['a%b.service', false],
	['ä.service', false],
	['а.service', false],
	['ａ.service', false],
	['a\u202e.service', false],
	['a.service\u200b', false],
])('is %j the name of a unit? %s', (name, is) => {
	expect(isUnitName(name)).toBe(is);
});

const SUFFIXES = 'service socket device mount automount swap target timer path slice scope'.split(' ');
const ALLOWED = new Set('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@');

/** The C function again, character by character. */
function validInC(name: string): boolean {
	const e = name.lastIndexOf('.');
	if (name === '' || name.length >= 256 || e < 1 || !SUFFIXES.includes(name.slice(e + 1))) return false;
	let at = -1;
	for (let i = 0; i < e; i++) {
		if (name[i] === '@' && at < 0) at = i;
		if (!ALLOWED.has(name[i] ?? '')) return false;
	}
	return at !== 0 && (at < 0 || e > at + 1);
}

test('random names are judged as systemd judges them', () => {
	const next = randomOf(7);
	const signs = [...ALLOWED, ...ALLOWED, '@', '@', '.', '.', ' ', '/', '\n', ';', '$', 'ä', '\u202e'];
	const pick = (): string => signs[Math.floor(next() * signs.length)] ?? '';
	const verdicts = {true: 0, false: 0};
	for (let round = 0; round < 20_000; round++) {
		const body = Array.from({length: Math.floor(next() * 6)}, pick).join('');
		const suffix = SUFFIXES[Math.floor(next() * SUFFIXES.length)];
		const name = next() < 0.1 ? body : `${body}.${suffix}${next() < 0.1 ? pick() : ''}`;
		expect({name, is: isUnitName(name)}).toEqual({name, is: validInC(name)});
		verdicts[`${validInC(name)}`]++;
	}
	expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(2000);
});
