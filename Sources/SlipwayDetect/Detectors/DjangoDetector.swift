// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Django: migrations, static files, addresses.
struct DjangoDetector: Detector {
    let name = "django"
    var refines: [String] { ["python-web"] }

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let manage = repository.tree.files(named: "manage.py").first {
                $0.directory.relative(to: project.directory) != nil && !Candidate.isAside($0.directory)
            }
            guard let manage,
                project.dependency("django") != nil
                    || repository.pythonServices[project.directory]?.application.framework.name == "django"
            else { return [] }
            let folder = repository.startFolder(of: project)
            let shared = Subject(folder, nil)
            let web = Subject(folder, Subject.web)
            let place = manage.directory.relative(to: folder) ?? "."
            let program = place == "." ? "manage.py" : ShellWord.quote(place + "/manage.py")
            var found: [Evidence] = [
                .claim(
                    .release("python \(program) migrate --noinput"), for: shared, file: manage.path,
                    why: "Django's migrations", confidence: Confidence.toolFile)
            ]
            for (package, command) in Self.workers {
                guard let dependency = project.dependency(package) else { continue }
                let worker = Subject(folder, "worker")
                found.append(
                    .claim(
                        .role(.worker), for: worker, file: dependency.file, line: dependency.line, why: package,
                        confidence: 0.75))
                found.append(
                    .claim(
                        .start(StartCommand("python \(program) \(command)")), for: worker, file: dependency.file,
                        line: dependency.line, why: package, confidence: 0.75))
                break
            }
            if let (source, line) = Self.staticRoot(project) {
                found.append(
                    .claim(
                        .build("python \(program) collectstatic --noinput"), for: web, file: source, line: line,
                        why: "STATIC_ROOT is set", confidence: 0.75))
            }
            let routes = DjangoRoutes(project).routes
            for route in routes {
                found.append(
                    .claim(
                        .path(route.path), for: web, file: route.file, line: route.line, why: "URL pattern",
                        confidence: Confidence.code))
            }
            let healthy = routes.compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }.min {
                $0.1 < $1.1
            }
            if let (route, _) = healthy {
                found.append(
                    .claim(
                        .healthPath(route.path), for: web, file: route.file, line: route.line, why: "health URL",
                        confidence: Confidence.code))
            }
            if routes.contains(where: { $0.path.hasPrefix("/admin") }) || Self.staticRoot(project) != nil {
                found.append(
                    .claim(
                        .path("/static/"), for: web, file: manage.path, why: "Django's static files",
                        confidence: Confidence.convention))
            }
            return found
        }
    }

    /// Queues for Django with the command of their worker.
    private static let workers = [
        ("huey", "run_huey"), ("django-q2", "qcluster"), ("django-q", "qcluster"), ("django-rq", "rqworker default"),
        ("procrastinate", "procrastinate worker"), ("django-background-tasks", "process_tasks"),
    ]

    private static func staticRoot(_ project: PythonProject) -> (String, Int)? {
        for source in project.sources {
            if let found = source.moduleAssignments["STATIC_ROOT"] { return (source.path, found.line) }
        }
        return nil
    }
}
