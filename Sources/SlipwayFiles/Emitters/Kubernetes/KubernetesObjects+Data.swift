// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension KubernetesObjects {
    func stateful(_ resource: Resource, _ image: ResourceImage) -> [FileMap] {
        let user = resource.kind == .postgres ? 70 : 999
        var environment: [FileValue] = ResourceImage.settings(of: resource, password: "").map { name, value in
            value.isEmpty
                ? reference(SwarmEmitter.passwordName(resource), name: name)
                : ["name": .string(name), "value": .string(value)]
        }
        if let (name, value) = image.dataVariable {
            environment.append(["name": .string(name), "value": .string(value)])
        }
        var container: FileMap = [
            "name": .string(resource.name), "image": .string(image.name), "imagePullPolicy": "IfNotPresent",
        ]
        if !environment.isEmpty { container.set("env", .list(environment)) }
        container.set("ports", .list([["name": "tcp", "containerPort": .integer(Int(image.port)), "protocol": "TCP"]]))
        let check: FileValue = ["command": .words(["sh", "-c", image.check])]
        container.set(
            "readinessProbe", ["exec": check, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 6])
        container.set(
            "livenessProbe",
            [
                "tcpSocket": ["port": "tcp"], "initialDelaySeconds": 30, "periodSeconds": 10, "timeoutSeconds": 5,
                "failureThreshold": 6,
            ])
        container.set("resources", resources(cpu: "100m", memory: "256Mi", limit: "512Mi"))
        container.set("securityContext", containerSecurity(readOnly: resource.kind == .postgres))
        var mounts: [FileValue] = [["name": "tmp", "mountPath": "/tmp"]]
        var volumes: [FileValue] = [["name": "tmp", "emptyDir": .map([:])]]
        if resource.kind == .postgres {
            mounts.append(["name": "run", "mountPath": "/var/run/postgresql"])
            volumes.append(["name": "run", "emptyDir": .map([:])])
        }
        if let data = image.data { mounts.append(["name": "data", "mountPath": .string(data)]) }
        container.set("volumeMounts", .list(mounts))
        var spec: FileMap = [
            "serviceName": .string(resource.name), "replicas": 1,
            "selector": ["matchLabels": .map(selector(resource.name))],
            "template": template(
                resource.name,
                [
                    "serviceAccountName": .string(layout.name), "automountServiceAccountToken": false,
                    "enableServiceLinks": false, "terminationGracePeriodSeconds": 60,
                    "securityContext": podSecurity(user: user), "containers": .list([.map(container)]),
                    "volumes": .list(volumes),
                ]),
        ]
        if image.data != nil {
            spec.set(
                "volumeClaimTemplates",
                .list([
                    [
                        "metadata": ["name": "data"],
                        "spec": [
                            "accessModes": .texts(["ReadWriteOnce"]),
                            "resources": ["requests": ["storage": values.storage(resource.name)]],
                        ],
                    ]
                ]))
        }
        var set = object("apps/v1", "StatefulSet", resource.name, component: resource.name)
        set.set("spec", .map(spec))
        return [service(resource.name, port: image.port, headless: true), set]
    }

    /// Runs once for each release: kubectl wants another name or a deleted Job, Helm deletes it by its hook.
    func migration(_ command: String, _ image: Layout.Image) -> FileMap {
        let name = "migrate-\(image.owner.name)"
        var container = self.container(image.owner, image: image)
        for key in ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports"] {
            container = container.removing(key)
        }
        container.set("name", "migrate")
        container.set("command", .words(ContainerCommand.words(command)))
        var spec = pod(image.owner, image: image)
        spec = spec.removing("topologySpreadConstraints")
        spec.set("containers", .list([.map(container)]))
        spec.set("restartPolicy", "Never")
        let hook: FileMap = [
            "annotations": [
                "helm.sh/hook": "post-install,pre-upgrade", "helm.sh/hook-delete-policy": "before-hook-creation",
            ]
        ]
        var map = object("batch/v1", "Job", name, component: name, extra: values.isChart ? hook : [:])
        map.set(
            "spec",
            [
                "backoffLimit": 3, "activeDeadlineSeconds": 600, "ttlSecondsAfterFinished": 86400,
                "template": template(name, spec),
            ])
        return map
    }

    func backup(_ resource: Resource) -> [FileMap] {
        guard let image = ResourceImage(resource) else { return [] }
        let name = "backup-\(resource.name)"
        let script = """
            set -eu
            name="/backups/\(resource.name)-$(date -u +%Y%m%dT%H%M%SZ).dump"
            pg_dump --format=custom --file="$name.part"
            pg_restore --list "$name.part" >/dev/null
            mv "$name.part" "$name"
            find /backups -name '*.dump' -mtime +30 -delete
            """
        var container: FileMap = [
            "name": "backup", "image": .string(image.name), "command": .words(["sh", "-c", script]),
        ]
        container.set("command", .list(["sh", "-c", .string(script + "\n")]))
        container.set(
            "env",
            .list([
                ["name": "PGHOST", "value": .string(resource.name)], ["name": "PGUSER", "value": "app"],
                ["name": "PGDATABASE", "value": "app"],
                reference(SwarmEmitter.passwordName(resource), name: "PGPASSWORD"),
            ]))
        container.set("resources", resources(cpu: "50m", memory: "64Mi", limit: "256Mi"))
        container.set("securityContext", containerSecurity(readOnly: true))
        container.set(
            "volumeMounts",
            .list([["name": "backups", "mountPath": "/backups"], ["name": "tmp", "mountPath": "/tmp"]]))
        let spec: FileMap = [
            "serviceAccountName": .string(layout.name), "automountServiceAccountToken": false, "restartPolicy": "Never",
            "securityContext": podSecurity(user: 70), "containers": .list([.map(container)]),
            "volumes": .list([
                ["name": "backups", "persistentVolumeClaim": ["claimName": .string(name)]],
                ["name": "tmp", "emptyDir": .map([:])],
            ]),
        ]
        var claim = object("v1", "PersistentVolumeClaim", name, component: name)
        claim.set(
            "spec",
            ["accessModes": .texts(["ReadWriteOnce"]), "resources": ["requests": ["storage": values.storage(name)]]])
        return [claim, cronJob(name, schedule: "0 3 * * *", spec: spec)]
    }
}
