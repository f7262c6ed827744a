// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The queues that a code base sends its Celery tasks to, as far as they are written down. A worker that is told none
/// serves those of `task_queues`, and without these the default one only
/// (docs.celeryq.dev/en/stable/userguide/routing.html).
struct CeleryQueues {
    private static let routes: Set<String> = ["task_routes", "CELERY_TASK_ROUTES", "CELERY_ROUTES"]
    private static let queues: Set<String> = ["task_queues", "CELERY_TASK_QUEUES", "CELERY_QUEUES"]
    private static let defaults: Set<String> = [
        "task_default_queue", "CELERY_TASK_DEFAULT_QUEUE", "CELERY_DEFAULT_QUEUE",
    ]

    private let project: PythonProject
    private var routed: Set<String> = []
    private var declared: Set<String> = []
    private var usual = "celery"

    init(_ project: PythonProject) {
        self.project = project
        for source in project.sources {
            for statement in source.statements {
                if case .assignment(let targets, _, let value?) = statement.kind {
                    for target in targets { note(target.lastName, value, source) }
                }
                if case .function(let function) = statement.kind {
                    for case .call(let call) in function.decorators
                    where CeleryTasks.decorators.contains(call.callee.lastName ?? "") {
                        if let queue = call.argument("queue")?.string { routed.insert(queue) }
                    }
                }
                for expression in statement.expressions {
                    expression.walk { inner in
                        if case .call(let call) = inner {
                            for argument in call.arguments { note(argument.name, argument.value, source) }
                        }
                        if case .dictionary(let pairs) = inner {
                            for pair in pairs { note(pair.key?.string, pair.value, source) }
                        }
                    }
                }
            }
        }
    }

    private mutating func note(_ name: String?, _ value: PythonExpression, _ source: PythonSource) {
        guard let name else { return }
        if Self.defaults.contains(name), let text = project.modules.text(of: value, in: source) { usual = text }
        if Self.routes.contains(name) {
            if case .dictionary(let pairs) = value { routed.formUnion(pairs.compactMap(\.value.string)) }
            value.walk { inner in
                guard case .dictionary(let pairs) = inner else { return }
                for pair in pairs where pair.key?.string == "queue" {
                    if let queue = project.modules.text(of: pair.value, in: source) { routed.insert(queue) }
                }
            }
        }
        if Self.queues.contains(name) {
            value.walk { inner in
                guard case .call(let call) = inner, call.callee.lastName == "Queue",
                    let queue = call.argument("name", at: 0).flatMap({ project.modules.text(of: $0, in: source) })
                else { return }
                declared.insert(queue)
            }
        }
    }

    /// ` --queues=celery,mail` where a worker would not serve a queue by itself; else nothing.
    var option: String {
        let served = declared.isEmpty ? [usual] : declared
        guard !routed.isSubset(of: served) else { return "" }
        let others = routed.union(declared).subtracting([usual]).filter(Self.isPlain).sorted()
        return " --queues=" + ([usual] + others).joined(separator: ",")
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.:".contains($0)) }
    }
}
