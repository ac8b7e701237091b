/** The engine with its containers and the supervisor: what happens to them when a unit comes or goes. */
import {ENGINE_LISTENS, ENGINE_READY, ENGINE_START, SUPERVISOR_START} from './balena-lines.ts';
import type {Chance} from './chance.ts';
import type {Clock} from './clock.ts';
import type {Attendant, Lifecycle} from './lifecycle.ts';
import {createSupervisorFiles, type SupervisorFiles} from './supervisor-files.ts';
import type {Unit, UnitTable} from './units.ts';
import type {SupervisorLevel, Voices} from './voices.ts';

export type Container = {
	/** Another one where it was made anew. */
	id: string;
	readonly name: string;
	readonly image: string;
	/** As the supervisor calls it; its own container is no service. */
	readonly service: string | null;
	state: 'running' | 'exited' | 'restarting' | 'removed';
	restarts: number;
	exitCode: number;
	oomKilled: boolean;
	startedMs: number;
	pid: number;
};

export interface Balena {
	readonly engine: Unit;
	readonly supervisor: Unit;
	readonly containers: readonly Container[];
	/** True where the supervisor is there to say something. */
	supervised(): boolean;
	say(level: SupervisorLevel, message: string): void;
	/** A line of a service's container; dropped where it does not run. */
	output(service: string, message: string, stderr?: boolean): void;
	/** The kernel killed a container's process; the engine starts it again. */
	outOfMemory(service: string): void;
	/** `rm -f` of one; false where there is none whose id begins so. */
	remove(id: string): boolean;
	/** The supervisor's database, and copies of it. */
	readonly files: SupervisorFiles;
	/** Told when the engine goes down: a pull ends with it. */
	onEngineGone(listener: () => void): void;
	close(): void;
}

const IMAGE = 'registry2.balena-cloud.com/v2/8f425c77879116f77e6c8fcdebb37210:latest';

export function createBalena(
	clock: Clock,
	chance: Chance,
	table: UnitTable,
	lifecycle: Lifecycle,
	voices: Voices,
	bootMs: number,
): Balena {
	const need = (id: string): Unit => {
		const unit = table.find(id);
		if (unit === undefined) throw new Error(`the table of units has no ${id}`);
		return unit;
	};
	const engine = need('balena.service');
	const supervisor = need('balena-supervisor.service');
	const container = (name: string, image: string, service: string | null, upMs: number, pid: number): Container => ({
		id: chance.hex(64),
		name,
		image,
		service,
		state: 'running',
		restarts: 0,
		exitCode: 0,
		oomKilled: false,
		startedMs: bootMs + upMs,
		pid,
	});
	const commit = '0a9d4b0e8c1ff1202773ac2104a2bb48';
	const frontend = container(`frontend_5298818_2265201_${commit}`, IMAGE, 'frontend', 11_320, 742);
	const backend = container(`backend_5298819_2265201_${commit}`, IMAGE, 'backend', 11_360, 803);
	const own = container('balena_supervisor', 'balena_supervisor:v14.0.8', null, 13_100, 1210);
	const all = [frontend, backend, own];
	const present = (): Container[] => all.filter(({state}) => state !== 'removed');
	const services = (): Container[] => present().filter(({service}) => service !== null);
	const files = createSupervisorFiles(bootMs);
	const waiting = new Set<() => void>();
	const gone: (() => void)[] = [];
	const after = (ms: number, run: () => void): void => {
		const cancel = clock.after(ms, () => {
			waiting.delete(cancel);
			run();
		});
		waiting.add(cancel);
	};
	const take = (): void => {
		for (const cancel of waiting) cancel();
		waiting.clear();
	};
	const short = ({id}: Container): string => id.slice(0, 12);
	const up = (one: Container): void => {
		one.state = 'running';
		one.exitCode = 0;
		one.oomKilled = false;
		one.startedMs = clock.now();
		one.pid = engine.mainPid + 200 + chance.between(1, 90);
	};
	const supervised = (): boolean => supervisor.active === 'active' && own.state === 'running';
	const speakOwn = (level: SupervisorLevel, text: string): void =>
		voices.supervisor(engine, supervisor, own, level, text);

	const starting = (unit: Unit): number => {
		if (unit === engine) {
			for (const [ms, level, text] of ENGINE_START) after(ms, () => voices.engine(engine, level, text));
			after(1200, () => {
				for (const one of services())
					voices.engine(engine, 'info', `msg="Removing stale sandbox ${chance.hex(64)} (${one.id})"`);
			});
			after(2700, () => {
				for (const one of services()) {
					up(one);
					voices.container(engine, one, `${one.service} starting`);
				}
			});
			after(2880, () => {
				for (const text of ENGINE_READY) voices.engine(engine, 'info', text);
			});
			return 0;
		}
		if (unit === supervisor) {
			// ExecStartPre asks the engine to stop an old container, which wakes the engine through its socket.
			const waits = engine.active === 'active' ? 0 : engine.spec.startMs + 40;
			if (engine.active !== 'active') lifecycle.start(engine);
			after(waits + 68, () =>
				voices.service(supervisor, 'Error response from daemon: No such container: resin_supervisor'),
			);
			after(waits + 160, () => voices.service(supervisor, own.name));
			after(waits + 192, () => voices.service(supervisor, 'active'));
			return waits;
		}
		return 0;
	};
	const anew = (one: Container): void => {
		if (one.state !== 'removed') return;
		one.id = chance.hex(64);
		one.restarts = 0;
	};
	/** By the target state that the supervisor read. */
	const create = (one: Container): void => {
		if (one.state !== 'removed' || !supervised()) return;
		anew(one);
		up(one);
		speakOwn('event', `Event: Service started {"service":{"serviceName":"${one.service}"}}`);
		voices.container(engine, one, `${one.service} starting`);
	};
	const started = (unit: Unit): void => {
		if (unit === engine) for (const text of ENGINE_LISTENS) voices.engine(engine, 'info', text);
		if (unit === supervisor)
			after(980, () => {
				if (engine.active !== 'active') return;
				anew(own);
				up(own);
				files.make(clock.now());
				for (const [level, text] of SUPERVISOR_START) speakOwn(level, text);
				for (const one of all) if (one.state === 'removed') after(1900, () => create(one));
			});
	};
	const ended = (unit: Unit, asked: boolean): void => {
		if (unit === supervisor) {
			if (own.state !== 'removed') own.state = 'exited';
			return;
		}
		if (unit !== engine) return;
		take();
		for (const one of present()) {
			one.state = 'exited';
			one.exitCode = asked ? 0 : 137;
		}
		for (const listener of gone) listener();
		if (!asked)
			for (const [pid, name] of [
				[engine.execPid + 1, 'healthdog'],
				[frontend.pid - 21, 'containerd-shim'],
				[backend.pid - 21, 'containerd-shim'],
			] as const)
				voices.systemd(engine, `${engine.spec.id}: Unit process ${pid} (${name}) remains running after unit stopped.`);
		if (supervisor.active === 'active') {
			if (asked) {
				lifecycle.die(supervisor, {code: 1, status: 0});
				// Its ExecStop asks the engine to stop the container, which wakes the engine through its socket.
				after(24, () => lifecycle.start(engine));
			} else {
				voices.service(
					supervisor,
					`time="${new Date(clock.now()).toISOString().slice(0, 19)}Z" level=error msg="error waiting for container: unexpected EOF"`,
					{pid: supervisor.execPid},
				);
				lifecycle.die(supervisor, {code: 1, status: 125});
			}
		}
	};
	const stopping = (unit: Unit): void => {
		if (unit === engine) voices.engine(engine, 'info', 'msg="Processing signal \'terminated\'"');
		if ((unit === engine || unit === supervisor) && own.state === 'running')
			speakOwn('info', 'Received SIGTERM. Exiting.');
		if (unit !== engine) return;
		for (const one of present()) voices.engine(engine, 'info', `msg="shim disconnected" id=${one.id}`);
		after(engine.spec.stopMs - 1014, () => voices.engine(engine, 'info', 'msg="Daemon shutdown complete"'));
	};
	const attendant: Attendant = {starting, started, stopping, ended};
	lifecycle.attend(attendant);

	return {
		engine,
		supervisor,
		get containers() {
			return present();
		},
		files,
		remove: id => {
			const one = present().find(each => each.id.startsWith(id));
			if (one === undefined) return false;
			if (one.state === 'running') voices.engine(engine, 'info', `msg="shim disconnected" id=${one.id}`);
			one.state = 'removed';
			return true;
		},
		supervised,
		say: (level, message) => {
			if (supervised()) speakOwn(level, message);
		},
		output: (service, message, stderr) => {
			const one = all.find(each => each.service === service);
			if (one?.state === 'running' && engine.active !== 'inactive') voices.container(engine, one, message, stderr);
		},
		outOfMemory: service => {
			const one = all.find(each => each.service === service);
			if (one?.state !== 'running') return;
			one.state = 'restarting';
			one.exitCode = 137;
			one.oomKilled = true;
			voices.engine(
				engine,
				'info',
				`msg="ignoring event" container=${one.id} module=libcontainerd namespace=moby topic=/tasks/delete type="*events.TaskDelete"`,
			);
			voices.engine(engine, 'info', `msg="shim disconnected" id=${one.id}`);
			after(1100, () => {
				const {restarts} = one;
				up(one);
				one.restarts = restarts + 1;
				voices.container(engine, one, `${service} starting`);
				voices.engine(
					engine,
					'info',
					`msg="starting signal loop" namespace=moby path=/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/${short(one)}`,
				);
			});
		},
		onEngineGone: listener => {
			gone.push(listener);
		},
		close: take,
	};
}
