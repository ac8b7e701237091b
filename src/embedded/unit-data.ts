/**
 * What `systemctl show` says of the device's units: properties in the order of systemd 252, with the values that most
 * services have (from a captured device), and what differs from unit to unit. Lists of dependencies and commands are left out.
 */

/** Of the service itself: processes, resources, sandbox. A name without `=` has no value, or one of the unit's own. */
const SERVICE_LINES = [
	'Type|ExitType=main|Restart|NotifyAccess=none|RestartUSec|TimeoutStartUSec=1min 30s|TimeoutStopUSec=1min 30s',
	'TimeoutAbortUSec=1min 30s|TimeoutStartFailureMode=terminate|TimeoutStopFailureMode=terminate',
	'RuntimeMaxUSec=infinity|RuntimeRandomizedExtraUSec=0|WatchdogUSec=0|WatchdogTimestamp',
	'WatchdogTimestampMonotonic|RootDirectoryStartOnly=no|RemainAfterExit=no|GuessMainPID=yes|MainPID|ControlPID=0',
	'FileDescriptorStoreMax=0|NFileDescriptorStore=0|StatusText|StatusErrno=0|Result|ReloadResult=success',
	'CleanResult=success|UID=[not set]|GID=[not set]|NRestarts|OOMPolicy=stop|ExecMainStartTimestamp',
	'ExecMainStartTimestampMonotonic|ExecMainExitTimestamp|ExecMainExitTimestampMonotonic|ExecMainPID|ExecMainCode',
	'ExecMainStatus|Slice=system.slice|ControlGroup|MemoryCurrent|MemoryAvailable=infinity|CPUUsageNSec',
	'TasksCurrent|IPIngressBytes=[no data]|IPIngressPackets=[no data]|IPEgressBytes=[no data]',
	'IPEgressPackets=[no data]|IOReadBytes=18446744073709551615|IOReadOperations=18446744073709551615',
	'IOWriteBytes=18446744073709551615|IOWriteOperations=18446744073709551615|Delegate=no|DelegateControllers',
	'CPUAccounting=yes|CPUWeight=[not set]|StartupCPUWeight=[not set]|CPUShares=[not set]',
	'StartupCPUShares=[not set]|CPUQuotaPerSecUSec=infinity|CPUQuotaPeriodUSec=infinity|IOAccounting=yes',
	'IOWeight=[not set]|StartupIOWeight=[not set]|BlockIOAccounting=no|BlockIOWeight=[not set]',
	'StartupBlockIOWeight=[not set]|MemoryAccounting=yes|DefaultMemoryLow=0|DefaultMemoryMin=0|MemoryMin=0',
	'MemoryLow=0|MemoryHigh=infinity|MemoryMax=infinity|MemorySwapMax=infinity|MemoryLimit=infinity',
	'DevicePolicy=auto|TasksAccounting=yes|TasksMax=28909|IPAccounting=no|ManagedOOMSwap=auto',
	'ManagedOOMMemoryPressure=auto|ManagedOOMMemoryPressureLimit=0|ManagedOOMPreference=none|UMask=0022',
	'LimitCPU=infinity|LimitCPUSoft=infinity|LimitFSIZE=infinity|LimitFSIZESoft=infinity|LimitDATA=infinity',
	'LimitDATASoft=infinity|LimitSTACK=infinity|LimitSTACKSoft=8388608|LimitCORE=infinity|LimitCORESoft=0',
	'LimitRSS=infinity|LimitRSSSoft=infinity|LimitNOFILE=524288|LimitNOFILESoft=1024|LimitAS=infinity',
	'LimitASSoft=infinity|LimitNPROC=96365|LimitNPROCSoft=96365|LimitMEMLOCK=8388608|LimitMEMLOCKSoft=8388608',
	'LimitLOCKS=infinity|LimitLOCKSSoft=infinity|LimitSIGPENDING=96365|LimitSIGPENDINGSoft=96365',
	'LimitMSGQUEUE=819200|LimitMSGQUEUESoft=819200|LimitNICE=0|LimitNICESoft=0|LimitRTPRIO=0|LimitRTPRIOSoft=0',
	'LimitRTTIME=infinity|LimitRTTIMESoft=infinity|OOMScoreAdjust=0|CoredumpFilter=0x33|Nice=0|IOSchedulingClass=2',
	'IOSchedulingPriority=4|CPUSchedulingPolicy=0|CPUSchedulingPriority=0|CPUAffinityFromNUMA=no|NUMAPolicy=n/a',
	'TimerSlackNSec=50000|CPUSchedulingResetOnFork=no|NonBlocking=no|StandardInput=null|StandardOutput=journal',
	'StandardError=inherit|TTYReset=no|TTYVHangup=no|TTYVTDisallocate=no|SyslogPriority=30|SyslogIdentifier',
	'SyslogLevelPrefix=yes|SyslogLevel=6|SyslogFacility=3|LogLevelMax=-1|LogRateLimitIntervalUSec=0',
	'LogRateLimitBurst=0|SecureBits=0|User|DynamicUser=no|RemoveIPC=no|PrivateTmp=no|PrivateDevices=no',
	'ProtectClock=no|ProtectKernelTunables=no|ProtectKernelModules=no|ProtectKernelLogs=no|ProtectControlGroups=no',
	'PrivateNetwork=no|PrivateUsers=no|PrivateMounts=no|PrivateIPC=no|ProtectHome=no|ProtectSystem=no',
	'SameProcessGroup=no|UtmpMode=init|IgnoreSIGPIPE=yes|NoNewPrivileges=no|SystemCallErrorNumber=2147483646',
	'LockPersonality=no|RuntimeDirectoryPreserve=no|RuntimeDirectoryMode=0755|StateDirectoryMode=0755',
	'CacheDirectoryMode=0755|LogsDirectoryMode=0755|ConfigurationDirectoryMode=0755|TimeoutCleanUSec=infinity',
	'MemoryDenyWriteExecute=no|RestrictRealtime=no|RestrictSUIDSGID=no|RestrictNamespaces=no|MountAPIVFS=no',
	'KeyringMode=private|ProtectProc=default|ProcSubset=all|ProtectHostname=no|KillMode=control-group|KillSignal=15',
	'RestartKillSignal=15|FinalKillSignal=9|SendSIGKILL=yes|SendSIGHUP=no|WatchdogSignal=6',
];

/** Of every unit. */
const UNIT_LINES = [
	'Id|Names|Description|LoadState|ActiveState|FreezerState=running|SubState|FragmentPath|UnitFileState',
	'UnitFilePreset|StateChangeTimestamp|StateChangeTimestampMonotonic|InactiveExitTimestamp',
	'InactiveExitTimestampMonotonic|ActiveEnterTimestamp|ActiveEnterTimestampMonotonic|ActiveExitTimestamp',
	'ActiveExitTimestampMonotonic|InactiveEnterTimestamp|InactiveEnterTimestampMonotonic|CanStart=yes|CanStop=yes',
	'CanReload=no|CanIsolate=no|CanFreeze=yes|StopWhenUnneeded=no|RefuseManualStart=no|RefuseManualStop=no',
	'AllowIsolate=no|DefaultDependencies=yes|OnSuccessJobMode=fail|OnFailureJobMode=replace|IgnoreOnIsolate=no',
	'NeedDaemonReload=no|JobTimeoutUSec=infinity|JobRunningTimeoutUSec=infinity|JobTimeoutAction=none',
	'ConditionResult|AssertResult=yes|ConditionTimestamp|ConditionTimestampMonotonic|AssertTimestamp',
	'AssertTimestampMonotonic|Transient=no|Perpetual=no|StartLimitIntervalUSec=10s|StartLimitBurst=5',
	'StartLimitAction=none|FailureAction=none|SuccessAction=none|InvocationID|CollectMode=inactive',
];

const split = (lines: readonly string[]): readonly (readonly [name: string, value: string | null])[] =>
	lines
		.join('|')
		.split('|')
		.map(line => {
			const equals = line.indexOf('=');
			return equals < 0 ? [line, null] : [line.slice(0, equals), line.slice(equals + 1)];
		});

export const SERVICE_PROPERTIES = split(SERVICE_LINES);
export const UNIT_PROPERTIES = split(UNIT_LINES);
/** A socket has the resources of a service, but no main process. */
export const SOCKET_PROPERTIES: ReadonlySet<string> = new Set([
	...SERVICE_PROPERTIES.slice(SERVICE_PROPERTIES.findIndex(([name]) => name === 'Slice')).map(([name]) => name),
	...['Result', 'ControlPID', 'UID', 'GID'],
]);
export const TIMER_PROPERTIES: ReadonlySet<string> = new Set(['Result']);

/** What differs from the values above where there is no such unit. */
export const NOT_FOUND: Readonly<Record<string, string | null>> = {
	WatchdogUSec: 'infinity',
	OOMPolicy: null,
	Slice: null,
	LimitNOFILE: '20000',
	LimitNOFILESoft: '20000',
	StandardOutput: 'inherit',
	CanStart: 'no',
	AssertResult: 'no',
};

export type UnitSpec = {
	readonly id: string;
	readonly aliases?: readonly string[];
	readonly description: string;
	/** '' where it is no service. */
	readonly type: '' | 'simple' | 'notify' | 'forking' | 'dbus' | 'oneshot';
	readonly restart?: 'always' | 'on-failure' | 'on-abort';
	readonly restartMs?: number;
	readonly enabled: 'enabled' | 'static';
	readonly path: string;
	/** What `active` is called. */
	readonly sub: 'running' | 'waiting' | 'listening';
	/** Seconds after boot at which it came up; null where it ran and ended. */
	readonly upAt: number;
	readonly ended?: boolean;
	readonly pid: number;
	/** Of the main process. */
	readonly comm: string;
	/** Where it differs from comm. */
	readonly identifier?: string;
	readonly transport: 'stdout' | 'syslog' | 'journal';
	readonly memory: number;
	readonly tasks: number;
	/** Of one core, in thousandths. */
	readonly cpuMilli: number;
	/** How long it takes to come up and to go down. */
	readonly startMs: number;
	readonly stopMs: number;
	/** systemd says "Starting …" before "Started …" unless it is up at once. */
	readonly starting: boolean;
	readonly own?: Readonly<Record<string, string>>;
};

const service = {enabled: 'enabled', sub: 'running', transport: 'syslog', starting: true} as const;

/** In the order in which they come up. */
export const UNITS: readonly UnitSpec[] = [
	{
		...service,
		id: 'dbus.service',
		description: 'D-Bus System Message Bus',
		type: 'notify',
		enabled: 'static',
		path: '/lib/systemd/system/dbus.service',
		upAt: 6.21,
		pid: 512,
		comm: 'dbus-daemon',
		memory: 1_548_288,
		tasks: 1,
		cpuMilli: 4,
		startMs: 60,
		stopMs: 40,
		own: {NotifyAccess: 'main', OOMScoreAdjust: '-900', CanReload: 'yes'},
	},
	{
		...service,
		id: 'sshd.socket',
		description: 'OpenSSH server socket (device port 22222)',
		type: '',
		path: '/lib/systemd/system/sshd.socket',
		sub: 'listening',
		upAt: 6.24,
		pid: 0,
		comm: '',
		memory: 8192,
		tasks: 0,
		cpuMilli: 0,
		startMs: 10,
		stopMs: 10,
		starting: false,
	},
	{
		...service,
		id: 'balena-engine.socket',
		description: 'Docker Socket for the API',
		type: '',
		path: '/lib/systemd/system/balena-engine.socket',
		sub: 'listening',
		upAt: 6.25,
		pid: 0,
		comm: '',
		memory: 0,
		tasks: 0,
		cpuMilli: 0,
		startMs: 10,
		stopMs: 10,
		starting: false,
	},
	{
		...service,
		id: 'update-balena-supervisor.timer',
		description: 'Update supervisor timer',
		type: '',
		path: '/lib/systemd/system/update-balena-supervisor.timer',
		sub: 'waiting',
		upAt: 6.26,
		pid: 0,
		comm: '',
		memory: 0,
		tasks: 0,
		cpuMilli: 0,
		startMs: 10,
		stopMs: 10,
		starting: false,
	},
	{
		...service,
		id: 'avahi-daemon.service',
		aliases: ['dbus-org.freedesktop.Avahi.service'],
		description: 'Avahi mDNS/DNS-SD Stack',
		type: 'dbus',
		path: '/lib/systemd/system/avahi-daemon.service',
		upAt: 6.8,
		pid: 534,
		comm: 'avahi-daemon',
		memory: 1_126_400,
		tasks: 2,
		cpuMilli: 2,
		startMs: 24,
		stopMs: 6,
		own: {NotifyAccess: 'main', CanReload: 'yes', StatusText: 'avahi-daemon 0.8 starting up.'},
	},
	{
		...service,
		id: 'NetworkManager.service',
		description: 'Network Manager',
		type: 'dbus',
		restart: 'always',
		path: '/lib/systemd/system/NetworkManager.service',
		upAt: 7.05,
		pid: 541,
		comm: 'NetworkManager',
		transport: 'journal',
		memory: 8_699_904,
		tasks: 4,
		cpuMilli: 8,
		startMs: 180,
		stopMs: 60,
		own: {
			LimitNOFILE: '65536',
			LimitNOFILESoft: '65536',
			ProtectHome: 'read-only',
			ProtectSystem: 'yes',
			KillMode: 'process',
			CanReload: 'yes',
		},
	},
	{
		...service,
		id: 'ModemManager.service',
		aliases: ['dbus-org.freedesktop.ModemManager1.service'],
		description: 'Modem Manager',
		type: 'dbus',
		restart: 'on-abort',
		path: '/lib/systemd/system/ModemManager.service',
		upAt: 7.31,
		pid: 566,
		comm: 'ModemManager',
		transport: 'journal',
		memory: 6_352_896,
		tasks: 4,
		cpuMilli: 3,
		startMs: 68,
		stopMs: 30,
		own: {
			UID: '0',
			GID: '0',
			StandardError: 'null',
			User: 'root',
			PrivateTmp: 'yes',
			ProtectHome: 'yes',
			ProtectSystem: 'yes',
			NoNewPrivileges: 'yes',
		},
	},
	{
		...service,
		id: 'os-config.service',
		description: 'OS configuration update service',
		type: 'simple',
		restart: 'on-failure',
		restartMs: 10_000,
		path: '/lib/systemd/system/os-config.service',
		upAt: 7.4,
		ended: true,
		pid: 571,
		comm: 'os-config',
		transport: 'stdout',
		memory: 2_105_344,
		tasks: 2,
		cpuMilli: 20,
		startMs: 5,
		stopMs: 10,
		starting: false,
	},
	{
		...service,
		id: 'chronyd.service',
		description: 'NTP client/server',
		type: 'forking',
		restart: 'always',
		path: '/lib/systemd/system/chronyd.service',
		upAt: 7.62,
		pid: 588,
		comm: 'chronyd',
		memory: 745_472,
		tasks: 1,
		cpuMilli: 1,
		startMs: 120,
		stopMs: 20,
		own: {OOMScoreAdjust: '0'},
	},
	{
		...service,
		id: 'dnsmasq.service',
		description: 'dnsmasq - A lightweight DHCP and caching DNS server',
		type: 'forking',
		path: '/lib/systemd/system/dnsmasq.service',
		upAt: 7.7,
		pid: 593,
		comm: 'dnsmasq',
		memory: 1_564_672,
		tasks: 1,
		cpuMilli: 2,
		startMs: 85,
		stopMs: 19,
		own: {CanReload: 'yes'},
	},
	{
		...service,
		id: 'openvpn.service',
		aliases: ['openvpn-resin.service'],
		description: 'OpenVPN',
		type: 'simple',
		restart: 'always',
		restartMs: 10_000,
		path: '/lib/systemd/system/openvpn.service',
		upAt: 8.02,
		pid: 604,
		comm: 'openvpn',
		transport: 'stdout',
		memory: 1_445_888,
		tasks: 1,
		cpuMilli: 6,
		startMs: 30,
		stopMs: 90,
		own: {OOMScoreAdjust: '-1000', PrivateTmp: 'yes'},
	},
	{
		...service,
		id: 'balena.service',
		aliases: ['balena-engine.service'],
		description: 'Balena Application Container Engine',
		type: 'notify',
		restart: 'always',
		path: '/lib/systemd/system/balena.service',
		upAt: 11.4,
		pid: 631,
		comm: 'balenad',
		identifier: 'balenad',
		transport: 'stdout',
		memory: 73_498_624,
		tasks: 56,
		cpuMilli: 31,
		startMs: 2937,
		stopMs: 1822,
		own: {
			NotifyAccess: 'all',
			TimeoutStartUSec: 'infinity',
			WatchdogUSec: '6min',
			OOMPolicy: 'continue',
			Delegate: 'yes',
			DelegateControllers: 'cpu cpuset io memory pids',
			LimitCORE: '0',
			LimitNOFILE: '1048576',
			LimitNOFILESoft: '1048576',
			LimitNPROC: '1048576',
			LimitNPROCSoft: '1048576',
			OOMScoreAdjust: '-900',
			SyslogIdentifier: 'balenad',
			KillMode: 'process',
			WatchdogSignal: '15',
		},
	},
	{
		...service,
		id: 'balena-supervisor.service',
		aliases: ['resin-supervisor.service'],
		description: 'Balena supervisor',
		type: 'simple',
		restart: 'always',
		restartMs: 10_000,
		path: '/lib/systemd/system/balena-supervisor.service',
		upAt: 12.9,
		pid: 1184,
		comm: 'balena',
		identifier: 'balena-supervisor',
		transport: 'stdout',
		memory: 17_354_752,
		tasks: 9,
		cpuMilli: 12,
		startMs: 208,
		stopMs: 140,
		own: {NotifyAccess: 'all', WatchdogUSec: '3min', SyslogIdentifier: 'balena-supervisor'},
	},
	{
		...service,
		id: 'update-balena-supervisor.service',
		description: 'Update supervisor',
		type: 'oneshot',
		enabled: 'static',
		path: '/lib/systemd/system/update-balena-supervisor.service',
		upAt: 906,
		ended: true,
		pid: 2203,
		comm: 'update-balena-s',
		identifier: 'update-balena-supervisor',
		transport: 'stdout',
		memory: 1_536_000,
		tasks: 3,
		cpuMilli: 30,
		startMs: 1200,
		stopMs: 10,
		own: {TimeoutStartUSec: 'infinity'},
	},
];
