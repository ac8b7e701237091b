/** The two sampler scripts, answered: what they print for each line on their stdin. The scripts are in sources/sampler-script.ts. */
import type {Balena} from './balena.ts';
import type {Machine} from './machine.ts';
import type {Pull} from './pull.ts';
import type {Systemctl} from './systemctl.ts';

/** What a whole answer leaves out, as the script does. */
const SAYS_NOTHING = /=$|=\[not set\]$|^MainPID=0$|^ExecMain\w*=0$|Monotonic=0$/;

/** Answers the words behind a tick's number. One per channel: a sampler remembers what it sent. */
export type Sampler = (want: string) => string;

/** `argv`: the properties, then the names of the units. `session` is the process number of our SSH session. */
export function unitSampler(
	argv: readonly string[],
	systemctl: Systemctl,
	machine: Machine,
	pull: Pull,
	enginePid: () => number,
	session: number,
): Sampler {
	const [properties = '', ...names] = argv;
	const only = new Set(properties.split(','));
	const sent = new Map<string, string>();

	const units = (full: boolean): string => {
		let text = `#units 0 ${full ? '1' : ''}\n`;
		for (const [index, name] of names.entries()) {
			const block = systemctl.show([name], only);
			const gone = block.includes('LoadState=not-found');
			const changed = block.split('\n').filter(line => {
				const key = line.slice(0, Math.max(0, line.indexOf('=')));
				if (!/^[A-Za-z]+$/.test(key)) return false;
				const slot = `${index} ${key}`;
				if (!full && sent.get(slot) === line) return false;
				sent.set(slot, line);
				if (!full) return true;
				return !SAYS_NOTHING.test(line) && (!gone || /^(?:Id|LoadState|ActiveState)$/.test(key));
			});
			if (changed.length > 0) text += `@${name}\n${changed.join('\n')}\n`;
		}
		return text;
	};
	const failed = (): string => {
		const found = systemctl
			.list('failed')
			.split('\n')
			.map(line => line.split(' ', 1)[0] ?? '')
			.filter(name => name !== '');
		const others = found.filter(name => !names.includes(name));
		return [
			'#failed 0\n',
			...found.map(name => `f ${name}\n`),
			...others.map(name => `@${name}\n${systemctl.show([name], only)}`),
		].join('');
	};
	const pulls = (): string => {
		const {sets, engine, process} = pull.lines(enginePid());
		// Processes come in the order of the shell's glob: by the digits of their numbers.
		const pidOf = (line: string): string =>
			/^ssh (\d+)|\|(\d+) /
				.exec(line)
				?.slice(1)
				.find(found => found !== undefined) ?? String(enginePid());
		const walked = [`ssh ${session}\n`, ...(engine === '' ? [] : [engine]), ...process].sort((a, b) =>
			pidOf(a) < pidOf(b) ? -1 : 1,
		);
		return ['#pulls 0\n', `uptime ${machine.uptime()}\n`, ...sets, ...walked, `ours ${session}\n`].join('');
	};
	return want => {
		const has = (section: string): boolean => want.includes(section);
		return [
			has('units') ? units(has('full')) : '',
			has('failed') ? failed() : '',
			has('vitals') ? `#vitals 0\n${machine.vitals()}` : '',
			has('pulls') ? pulls() : '',
		].join('');
	};
}

const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '73416Z');

/** The engine is asked only where its unit is active; containers are sent when something changed. */
export function engineSampler(balena: Balena, machine: Machine): Sampler {
	let old = '';
	const engine = (full: boolean): string => {
		if (balena.engine.active !== 'active') {
			old = '';
			return `#engine 3 ${balena.engine.spec.id}\n`;
		}
		const lines = balena.containers
			.map(
				one =>
					`${one.id}|/${one.name}|${one.image}|${one.state}|${one.restarts}|${one.exitCode}|${one.oomKilled}|${stamp(one.startedMs)}|`,
			)
			.join('\n');
		if (lines === old && !full) return '#engine same\n';
		old = lines;
		return `#engine 0 ${balena.engine.spec.id}\n${lines}\n`;
	};
	return want =>
		(want.includes('engine') ? engine(want.includes('full')) : '') + (want.includes('disk') ? machine.disk() : '');
}
