"""Targets in gonogo.yaml: the places where a version runs, each with what is needed to go back."""

import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.config.part import Part, shape

SWITCH, TRIAL = timedelta(seconds=3), timedelta(seconds=5)
"""What a switch on a host takes besides the grace: the new container, and a candidate."""

OURS = frozenset(
    [
        *("--name", "--detach", "--rm", "--publish", "--publish-all", "--env-file", "--cidfile"),
        *("--pull", "--attach", "--interactive", "--tty", "--detach-keys", "--sig-proxy"),
    ]
)
"""Options of `docker run` that gonogo sets itself, or that would keep it from its end."""

ONE_ONLY = frozenset(["--ip", "--ip6", "--mac-address", "--network-alias", "--net-alias"])
"""Options that two containers cannot share, or by which a candidate would get real requests."""


def _port_of_the_host(text: str) -> str:
    address, _, port = text.rpartition(":")
    try:
        IPv4Address(address or "0.0.0.0")
    except ValueError:
        raise ValueError("must be a port of the host, or address:port") from None
    if not 0 < int(port) < 65536:
        raise ValueError("must be a port of the host, or address:port")
    return text


def _free_to_set(flag: str) -> str:
    option, _, value = flag.partition("=")
    if option in OURS or (option == "--label" and value.startswith("deploy.")):
        raise ValueError(f"{option} is set by gonogo itself")
    return flag


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from None
    return text


def _named_apart(targets: tuple["TargetConfig", ...]) -> tuple["TargetConfig", ...]:
    names = [target.name for target in targets]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two targets are called “{twice[0]}”")
    return targets


TargetName = Annotated[
    str, shape("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "one word of letters, digits, “-”, “_” and “.”")
]
HostName = Annotated[
    str,
    shape("(?!-)[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:]{2,39}", "the name or the address of a host"),
]
UserName = Annotated[str, shape("[a-z_][a-z0-9_-]{0,31}", "the name of a user on the host")]
ContainerName = Annotated[
    str,
    shape(
        "(?!.*-(?:prev|cand)-)[A-Za-z0-9][A-Za-z0-9_.-]{0,62}",
        "a container's name, without “-prev-” and “-cand-”, which gonogo puts behind it",
    ),
]
ImageName = Annotated[
    str,
    shape(
        "(?:[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?/)?[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*",
        "an image without tag and digest: registry.digitalocean.com/acme/app",
    ),
]
Published = Annotated[
    str,
    shape("(?:[0-9.]{7,15}:)?[0-9]{1,5}", "a port of the host, or address:port"),
    AfterValidator(_port_of_the_host),
]
HostPath = Annotated[
    str, shape(r"(?!.*/\.\.(?:/|$))/[A-Za-z0-9._/@+-]{1,255}", "an absolute path on the host")
]
UrlPath = Annotated[
    str, shape(r"/[A-Za-z0-9._~/?&=%-]{0,255}", "the path of a URL, from its slash on")
]
Flag = Annotated[
    str,
    shape(r"--[a-z][a-z0-9-]*(?:=[ -~]{1,500})?", "an option of docker run in one word: --init"),
    AfterValidator(_free_to_set),
]
Pattern = Annotated[str, AfterValidator(_pattern)]
VercelId = Annotated[
    str, shape("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", "an id or a name as Vercel gives it")
]
DigitalOceanId = Annotated[
    str,
    shape("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "an id as DigitalOcean's URLs show it"),
]


WorkflowFile = Annotated[
    str, shape(r"[A-Za-z0-9_.-]{1,100}\.ya?ml", "a file in .github/workflows: rollback.yml")
]


Takes = Annotated[timedelta, Field(gt=timedelta(0))]
TAKES = "how long going back is expected to take, until it was timed"


class DockerSshTarget(Part):
    """A container on a host with Docker, changed over SSH."""

    kind: Literal["docker_ssh"]
    name: TargetName = Field(description="what people call it")
    host: HostName
    port: int = Field(default=22, ge=1, le=65535, description="the host's SSH port")
    user: UserName = Field(description="who logs in there, and may use Docker")
    container: ContainerName = Field(description="the name of the container")
    image: ImageName = Field(description="the repository of its image, without a tag")
    publish: Published = Field(description="where on the host it is reached: 127.0.0.1:3000")
    container_port: int = Field(ge=1, le=65535, description="the port that it listens on inside")
    env_file: HostPath | None = Field(default=None, description="its variables, on the host")
    flags: tuple[Flag, ...] = Field(default=(), description="more options of docker run")
    health: UrlPath = Field(default="/health", description="what it answers with its version")
    deadline: timedelta = Field(
        default=timedelta(minutes=1),
        ge=timedelta(seconds=1),
        le=timedelta(minutes=30),
        description="how long a container may take to get healthy",
    )
    grace: timedelta = Field(
        default=timedelta(seconds=10),
        ge=timedelta(0),
        le=timedelta(minutes=10),
        description="how long the old container may take to stop",
    )
    pull: timedelta = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=5),
        le=timedelta(hours=1),
        description="how long fetching the image may take",
    )
    candidate: bool = Field(
        default=True, description="whether it is tried beside the old one first"
    )
    takes: Takes | None = Field(default=None, description=TAKES)
    keep: int = Field(default=2, ge=1, le=20, description="how many old containers are kept")
    errors: Pattern = Field(
        default=r"(?i)\b(?:error|fatal|panic|exception|traceback)\b",
        description="what an error in its log looks like, as a regular expression",
    )

    @model_validator(mode="after")
    def _a_candidate_is_nobody_else(self) -> Self:
        bound = self._bound(self.flags)
        if self.candidate and bound:
            raise ValueError(f"{bound} belongs to one container alone: set candidate to false")
        return self

    @staticmethod
    def _bound(flags: Iterable[str]) -> str | None:
        for flag in flags:
            option, _, value = flag.partition("=")
            shares = option in ("--network", "--net") and re.match("host$|container:", value)
            if option in ONE_ONLY or shares:
                return flag
        return None

    @property
    def url(self) -> str:
        """Where its health is asked for, on the host itself."""
        address, _, port = self.publish.rpartition(":")
        here = "127.0.0.1" if address in ("", "0.0.0.0") else address
        return f"http://{here}:{port}{self.health}"

    @property
    def undoing(self) -> timedelta:
        """How long a switch that is cut off has for putting the old container back."""
        return self.deadline + timedelta(minutes=1)

    @property
    def limit(self) -> timedelta:
        """After which the host cuts a switch off."""
        return self.pull + self.deadline * 2 + self.grace + self.undoing


class VercelTarget(Part):
    """A project at Vercel."""

    kind: Literal["vercel"]
    name: TargetName = Field(description="what people call it")
    project: VercelId = Field(description="id or name of the project")
    team: VercelId | None = Field(default=None, description="id of its team (team_…)")
    takes: Takes = Field(default=timedelta(seconds=10), description=TAKES)


class AppPlatformTarget(Part):
    """An app at DigitalOcean's App Platform."""

    kind: Literal["do_app_platform"]
    name: TargetName = Field(description="what people call it")
    app: DigitalOceanId
    takes: Takes = Field(default=timedelta(minutes=2), description=TAKES)


class GithubWorkflowTarget(Part):
    """Whatever a workflow of the repository deploys."""

    kind: Literal["github_workflow"]
    name: TargetName = Field(description="what people call it")
    workflow: WorkflowFile = Field(
        default="rollback.yml", description="started with the earlier version"
    )
    job: str = Field(default="deploy", description="its job that changes the place")
    takes: Takes = Field(default=timedelta(minutes=3), description=TAKES)


TargetConfig = Annotated[
    DockerSshTarget | VercelTarget | AppPlatformTarget | GithubWorkflowTarget,
    Field(discriminator="kind"),
]
"""Any kind of target, told apart by its `kind`."""


def stated(target: TargetConfig) -> timedelta:
    """How long going back there is expected to take, as long as nobody timed it."""
    if not isinstance(target, DockerSshTarget):
        return target.takes
    trial = TRIAL if target.candidate else timedelta(0)
    return target.takes or target.grace + SWITCH + trial


def longest_step(target: TargetConfig | None) -> timedelta:
    """How long a step there is awaited, before a person has to decide."""
    match target:
        case DockerSshTarget():  # by then its host has ended it
            return target.limit + target.undoing + timedelta(minutes=1)
        case GithubWorkflowTarget():
            return timedelta(minutes=45)
        case _:
            return timedelta(minutes=30)


KINDS = frozenset({"docker_ssh", "vercel", "do_app_platform", "github_workflow"})

Targets = Annotated[tuple[TargetConfig, ...], AfterValidator(_named_apart)]
