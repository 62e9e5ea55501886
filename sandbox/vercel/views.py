"""What Vercel's REST API says of projects and deployments, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.vercel.host import TEAM
from sandbox.vercel.project import Deployment, Kind, Project

Json = dict[str, Any]
CREATOR = {"uid": "usr_dee", "email": "dee@acme.example", "username": "dee"}
RESOURCES = {"functionDefaultRegions": ["fra1"]}


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def deployment(one: Deployment, project: Project) -> Json:
    """A row of the list of deployments."""
    row = _common(one, project) | {
        "uid": one.id,
        "created": millis(one.created),
        "projectId": project.id,
        "state": one.state,
        "inspectorUrl": f"https://vercel.com/acme/{project.service}/{one.id[4:]}",
        "isRollbackCandidate": one in project.candidates(),
        "source": "git",
    }
    return row


def project(one: Project, *, with_rollback: bool) -> Json:
    """A project; what its last rollback did is told only when it is asked for."""
    running = one.find(one.production) if one.production else None
    latest = [_target(d, one) for d in one.deployments[:-6:-1]]
    row: Json = {
        "accountId": TEAM,
        "id": one.id,
        "name": one.service,
        "alias": [],
        "autoAssignCustomDomains": one.auto_assign,
        "defaultResourceConfig": RESOURCES,
        "resourceConfig": RESOURCES,
        "deploymentExpiration": {},
        "directoryListing": False,
        "framework": None,
        "latestDeployments": latest,
        "nodeVersion": "22.x",
        "targets": {"production": _target(running, one)} if running else {},
    }
    if with_rollback:
        row["lastAliasRequest"] = _job(one)
    if one.description:
        text, at = one.description
        row["rollbackDescription"] = {
            "description": text,
            "createdAt": millis(at),
            "userId": CREATOR["uid"],
            "username": CREATOR["username"],
        }
    return row


def rolling_release(one: Project) -> Json:
    """The rolling release under way, at 10 of 100 per cent."""
    if not one.rolling or not one.production:
        return {"rollingRelease": None}
    stages = [_stage(0, 10), _stage(1, 100)]
    row = {
        "state": "ACTIVE",
        "substate": None,
        "currentDeployment": _side(one.find(one.production), one),
        "canaryDeployment": _side(one.find(one.rolling), one),
        "queuedDeploymentId": one.queued,
        "advancementType": "manual-approval",
        "stages": stages,
        "activeStage": stages[0],
        "nextStage": stages[1],
        "startedAt": millis(one.find(one.rolling).created),
        "updatedAt": millis(one.find(one.rolling).created),
    }
    return {"rollingRelease": row}


def aliases(one: Project, kind: Kind, *, failed_only: bool) -> Json:
    """The domains of the last rollback or promotion."""
    rows = [
        {"alias": domain, "id": f"als_{number}", "status": status}
        for number, (domain, status) in enumerate(one.aliases[kind].items())
        if status == "failed" or not failed_only
    ]
    return {"aliases": rows, "pagination": {"count": len(rows), "next": None, "prev": None}}


def _common(one: Deployment, project: Project) -> Json:
    return {
        "name": project.service,
        "url": one.url,
        "createdAt": millis(one.created),
        "creator": CREATOR,
        "readyState": one.state,
        "readySubstate": "PROMOTED" if one.promoted else "STAGED",
        "target": "production",
        "type": "LAMBDAS",
        "meta": {
            "githubCommitSha": one.release.commit,
            "githubCommitRef": "main",
            "githubCommitMessage": one.release.title,
            "githubDeployment": "1",
        },
    }


def _target(one: Deployment, project: Project) -> Json:
    return _common(one, project) | {
        "id": one.id,
        "createdIn": "fra1",
        "deploymentHostname": one.url.partition(".")[0],
        "plan": project.plan,
        "private": False,
        "teamId": TEAM,
    }


def _job(one: Project) -> Json | None:
    job = one.job
    if job is None:
        return None
    row = {
        "fromDeploymentId": job.origin,
        "toDeploymentId": job.to,
        "jobStatus": job.status,
        "requestedAt": millis(job.requested),
        "type": job.kind,
    }
    return row | ({"fromRollingReleaseId": job.rolling} if job.rolling else {})


def _side(one: Deployment, project: Project) -> Json:
    row = {"id": one.id, "name": project.service, "url": one.url, "readyState": one.state}
    return row | {"createdAt": millis(one.created), "target": "production", "source": "git"}


def _stage(index: int, percentage: int) -> Json:
    return {
        "index": index,
        "isFinalStage": percentage == 100,
        "targetPercentage": percentage,
        "requireApproval": percentage != 100,
        "duration": None,
    }
