// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension KubernetesObjects {
    func objects(_ service: Service, image: Layout.Image) -> [FileMap] {
        var objects = [deployment(service, image: image)]
        if service.role == .cron { return [cron(service, image: image)] }
        if isDoor(service) { objects.append(doorConfiguration(service)) }
        if let port = layout.port(of: service) { objects.append(self.service(service.name, port: port)) }
        let isScalable = isScalable(service)
        if isScalable {
            objects.append(disruption(service))
            objects.append(autoscaler(service))
        }
        for index in layout.keptFolders(of: service).indices { objects.append(claim(service, index)) }
        return objects
    }

    /// Whether its nginx passes requests on to other services.
    func isDoor(_ service: Service) -> Bool {
        service.role.isServedFromFiles && layout.front?.name == service.name
            && !layout.upstreams(behind: service).isEmpty
    }

    /// The door's configuration for a cluster: Services keep their addresses, so names are looked up once, by the pod's
    /// own search domains, and not by the resolver that only Docker has.
    func doorConfiguration(_ service: Service) -> FileMap {
        var map = object("v1", "ConfigMap", "\(service.name)-nginx", component: service.name)
        let text = NginxEmitter.configuration(
            of: service, in: layout, listens: [["\(Layout.fileServerPort)"]], resolver: []
        ) { "\($0.name):\(layout.port(of: $0) ?? Layout.conventionalPort)" }
        map.set("data", ["nginx.conf": .string(text)])
        return map
    }

    func isScalable(_ service: Service) -> Bool {
        layout.port(of: service) != nil && service.singleInstance == nil && layout.keptFolders(of: service).isEmpty
    }

    func service(_ name: String, port: UInt16, headless: Bool = false) -> FileMap {
        var map = object("v1", "Service", name, component: name)
        var spec: FileMap = ["selector": .map(selector(name))]
        if headless { spec.set("clusterIP", "None") }
        spec.set(
            "ports",
            .list([
                [
                    "name": .string(headless ? "tcp" : "http"), "port": .integer(Int(port)),
                    "targetPort": .integer(Int(port)), "protocol": "TCP",
                ]
            ]))
        map.set("spec", .map(spec))
        return map
    }

    func claimName(_ service: Service, _ index: Int) -> String {
        Layout.label("\(service.name)-\(layout.keptFolders(of: service)[index])")
    }

    func claim(_ service: Service, _ index: Int) -> FileMap {
        var map = object("v1", "PersistentVolumeClaim", claimName(service, index), component: service.name)
        map.set(
            "spec",
            [
                "accessModes": .texts(["ReadWriteOnce"]),
                "resources": ["requests": ["storage": values.storage(claimName(service, index))]],
            ])
        return map
    }

    /// A probe comes by the pod's address, which Django answers with 400 unless a name that it knows is asked for.
    private func request(_ path: String, of service: Service) -> FileMap {
        var request: FileMap = ["path": .string(path), "port": "http"]
        var headers: [FileValue] = []
        if layout.runVariables(of: service).contains(where: \.variable.isHostList) {
            headers.append(["name": "Host", "value": "localhost"])
        }
        if service.framework == "django" { headers.append(["name": "X-Forwarded-Proto", "value": "https"]) }
        if !headers.isEmpty { request.set("httpHeaders", .list(headers)) }
        return request
    }

    func container(_ service: Service, image: Layout.Image) -> FileMap {
        var container: FileMap = ["name": .string(service.name), "image": values.image(image)]
        container.set("imagePullPolicy", "IfNotPresent")
        if service.name != image.owner.name, let start = service.start {
            container.set("command", .words(ContainerCommand.words(start)))
        } else if service.name == image.owner.name, let both = layout.startAfterMigration(of: image) {
            container.set("command", .words(both))
        }
        let isFiles = service.role.isServedFromFiles
        if !isFiles {
            let environment = environment(service)
            if !environment.isEmpty { container.set("env", .list(environment)) }
        } else if let script = RuntimeConfigScript(service, in: layout), !script.variables.isEmpty {
            container.set(
                "env",
                .list(script.variables.map { ["name": .string($0.name), "value": .string($0.default ?? "")] }))
        }
        if let port = layout.port(of: service) {
            container.set("ports", .list([["name": "http", "containerPort": .integer(Int(port)), "protocol": "TCP"]]))
            let probe: FileMap =
                layout.healthPath(of: service).map { path in
                    ["httpGet": .map(request(path, of: service))]
                }
                ?? ["tcpSocket": ["port": "http"]]
            func probing(_ settings: FileMap) -> FileValue {
                var map = probe
                for entry in settings.entries { map.set(entry.key, entry.value) }
                return .map(map)
            }
            container.set("startupProbe", probing(["periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 60]))
            container.set("readinessProbe", probing(["periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 3]))
            // Only the port: a database that is away must not restart what asks it.
            container.set(
                "livenessProbe",
                ["tcpSocket": ["port": "http"], "periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 6])
            // Endpoints are taken away while the process still answers.
            container.set("lifecycle", ["preStop": ["exec": ["command": .words(["sh", "-c", "sleep 8"])]]])
        }
        container.set(
            "resources",
            isFiles
                ? resources(cpu: "20m", memory: "32Mi", limit: "128Mi")
                : resources(cpu: "100m", memory: "256Mi", limit: "512Mi"))
        container.set("securityContext", containerSecurity(readOnly: isFiles || writesNowhere(service)))
        var mounts: [FileValue] = [["name": "tmp", "mountPath": "/tmp"]]
        for index in layout.keptFolders(of: service).indices {
            mounts.append([
                "name": .string("data-\(index)"),
                "mountPath": .string(layout.path(ofWritable: layout.keptFolders(of: service)[index], of: service)),
            ])
        }
        for (index, folder) in layout.passingFolders(of: service).enumerated() {
            mounts.append([
                "name": .string("passing-\(index)"),
                "mountPath": .string(layout.path(ofWritable: folder, of: service)),
            ])
        }
        if isDoor(service) {
            mounts.append(["name": "nginx", "mountPath": "/etc/nginx/nginx.conf", "subPath": "nginx.conf"])
        }
        container.set("volumeMounts", .list(mounts))
        return container
    }

    func pod(_ service: Service, image: Layout.Image) -> FileMap {
        var volumes: [FileValue] = [["name": "tmp", "emptyDir": ["sizeLimit": "256Mi"]]]
        for index in layout.keptFolders(of: service).indices {
            volumes.append([
                "name": .string("data-\(index)"),
                "persistentVolumeClaim": ["claimName": .string(claimName(service, index))],
            ])
        }
        for index in layout.passingFolders(of: service).indices {
            volumes.append(["name": .string("passing-\(index)"), "emptyDir": ["sizeLimit": "256Mi"]])
        }
        if isDoor(service) {
            volumes.append(["name": "nginx", "configMap": ["name": .string("\(service.name)-nginx")]])
        }
        var spec: FileMap = [
            "serviceAccountName": .string(layout.name), "automountServiceAccountToken": false,
            "enableServiceLinks": false, "terminationGracePeriodSeconds": 45,
            "securityContext": podSecurity(user: 1000),
        ]
        if isScalable(service) {
            spec.set(
                "topologySpreadConstraints",
                .list([
                    [
                        "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": ["matchLabels": .map(selector(service.name))],
                    ]
                ]))
        }
        spec.set("containers", .list([.map(container(service, image: image))]))
        spec.set("volumes", .list(volumes))
        return spec
    }

    func template(_ component: String, _ spec: FileMap) -> FileValue {
        ["metadata": ["labels": .map(labels(component))], "spec": .map(spec)]
    }

    func deployment(_ service: Service, image: Layout.Image) -> FileMap {
        var map = object("apps/v1", "Deployment", service.name, component: service.name)
        var spec = FileMap()
        // The autoscaler owns the number where there is one.
        if !isScalable(service) { spec.set("replicas", 1) }
        spec.set("revisionHistoryLimit", 5)
        spec.set("progressDeadlineSeconds", 300)
        let mayOverlap = service.singleInstance == nil && layout.keptFolders(of: service).isEmpty
        spec.set(
            "strategy",
            mayOverlap
                ? ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": 1]]
                : ["type": "Recreate"])
        spec.set("selector", ["matchLabels": .map(selector(service.name))])
        spec.set("template", template(service.name, pod(service, image: image)))
        map.set("spec", .map(spec))
        return map
    }

    func disruption(_ service: Service) -> FileMap {
        var map = object("policy/v1", "PodDisruptionBudget", service.name, component: service.name)
        map.set("spec", ["maxUnavailable": 1, "selector": ["matchLabels": .map(selector(service.name))]])
        return map
    }

    func autoscaler(_ service: Service) -> FileMap {
        var map = object("autoscaling/v2", "HorizontalPodAutoscaler", service.name, component: service.name)
        map.set(
            "spec",
            [
                "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(service.name)],
                "minReplicas": values.scale(service).least, "maxReplicas": values.scale(service).most,
                "metrics": .list([
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 70]],
                    ]
                ]),
            ])
        return map
    }

    func cron(_ service: Service, image: Layout.Image) -> FileMap {
        var spec = pod(service, image: image)
        spec.set("restartPolicy", "Never")
        return cronJob(service.name, schedule: "0 * * * *", spec: spec)
    }

    func cronJob(_ name: String, schedule: String, spec: FileMap) -> FileMap {
        var map = object("batch/v1", "CronJob", name, component: name)
        map.set(
            "spec",
            [
                "schedule": .string(schedule), "concurrencyPolicy": "Forbid", "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": [
                    "spec": ["backoffLimit": 1, "activeDeadlineSeconds": 7200, "template": template(name, spec)]
                ],
            ])
        return map
    }

    /// A database in a file lies beside the code here.
    private func writesNowhere(_ service: Service) -> Bool {
        guard let image = layout.image(of: service), !layout.usesSQLite(image) else { return false }
        return layout.canBeReadOnly(service)
    }
}
