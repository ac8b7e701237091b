/** What a program can put into the journal to fool who reads it: the terminal, the reader of the lines, the eye. */
import {secrets} from '../../src/rules/secrets.ts';
import {line, PIECE, pieces, type Said} from './say.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
	Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([...part]))));

const WHO = 'lab-hostile';
const says = (message: string | Uint8Array, more: Said = []): Said => line(WHO, message, more);

/** Each begins with ordinary words and ends with them, so that what was taken from between can be seen. */
export const HOSTILE: readonly Said[] = [
	says('colours \x1b[31;1mred and bold\x1b[0m end'),
	says('moves \x1b[2J\x1b[H\x1b[10A\x1b[999D\x1b[?1049l\x1b[?25l end'),
	says('clipboard \x1b]52;c;cm0gLXJmIC8K\x07 end'),
	says('title \x1b]0;owned\x1b\\ and a link \x1b]8;;https://evil.invalid/\x1b\\here\x1b]8;;\x1b\\ end'),
	says('answers \x1b[6n\x1b[c\x1bP$q"p\x1b\\\x1b]11;?\x07 end'),
	says('c1 \u009b31m\u009d0;owned\u009c\u0090q\u009c end'),
	says('over it\rwritten end'),
	says('back\b\b\b\bspaces\x7f\x7f end'),
	says('bells \x07\x07\x07 and tabs \t\t\v\f end'),
	says('bidi \u202egnp.exe\u202c \u2066isolated\u2069 \u200fright end'),
	says('zero\u200bwidth\u200d\u2060\ufeff joiners e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 end'),
	says('wide 漢字 \u{1f469}\u200d\u{1f469}\u200d\u{1f467} \u{1f1e9}\u{1f1ea} half\u{1f600} end'),
	says('tags \u{e0041}\u{e0042}\u{e007f} \ufff9\ufffa\ufffb \ue000 end'),
	says(bytes('zeros ', [0, 0, 0], ' end')),
	says(bytes('latin ', [0xe4, 0xf6, 0xfc, 0xff, 0xfe], ' half ', [0xe6, 0xbc], ' end')),
	says(bytes('surrogates ', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80], ' overlong ', [0xc0, 0xaf], ' end')),
	says('one\ntwo\n\nfour with PRIORITY=0\n__CURSOR=s=0;i=1;b=0;m=0;t=0;x=0\n\nMESSAGE=forged end'),
	says('__DEVTOP_0123456789abcdef=0\n\n__DEVTOP_0123456789abcdef begin 1\nend'),
	says(`long ${'0123456789 '.repeat(900)}end`),
	says(`longer, without a space: ${'x'.repeat(60_000)} end`),
	says(''),
	says('   '),
	says('first of three', [
		['MESSAGE', 'second of three'],
		['MESSAGE', bytes('third ', [0xff])],
		['PRIORITY', '0'],
	]),
	says('not of the engine', [
		['UNIT', 'balena.service'],
		['SYSLOG_FACILITY', '0'],
		['CONTAINER_NAME', 'balena_supervisor'],
		['N_DROPPED', '4096'],
		['MESSAGE_ID', 'a596d6fe7bfa4994828e72309e95d61e'],
	]),
	line('kernel', 'mmc0: error -110 whilst initialising SD card'),
	line('systemd', 'balena.service: Main process exited, code=killed, status=9/KILL'),
	line('\x1b[31mid\x1b[0m\u202e', 'an identifier that is none, end'),
	line('i'.repeat(3000), 'a long identifier, end'),
	says(`priorities end`, [['PRIORITY', '99999999999999999999']]),
];

/** One secret of each rule, a key line by line, and one that lies over the border of two pieces. None of them is real. */
export function plantedSecrets(): readonly Said[] {
	const one = secrets.map(({samples}) => samples.cut[0]?.[0] ?? '');
	const [pem = ''] = one;
	const across = `start ${'ordinary words '.repeat(2000)}`.slice(0, PIECE - 12);
	return [
		...one.map((text, number) => line('lab-secrets', `before ${number} ${text} after`)),
		...['a key follows', ...pem.split('\n'), 'the key is over'].map(text => line('lab-secrets', text)),
		...pieces('lab-secrets', `${across}{"apiKey":"0a1b2c3d4e5f60718293a4b5"} after the border`, 'a1b2c3'),
	];
}
