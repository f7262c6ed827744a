// SPDX-License-Identifier: Apache-2.0

extension EnvironmentWrapper {
    private static let flags = ["required", "mandatory", "strict", "must_exist", "raise_error", "fail", "is_required"]

    /// A function of Python whose parameter is a variable's name.
    /// - Parameter required: Whether what it does with the value fails on nothing; so does a function that raises.
    init?(_ parameter: String, of function: String, in source: PythonSource, required: Bool) {
        let definition = source.statements.lazy.compactMap { statement -> PythonFunction? in
            if case .function(let found) = statement.kind, found.name == function { found } else { nil }
        }.first
        guard let definition else { return nil }
        let parameters = definition.parameters.filter { $0.name != "self" && $0.name != "cls" }
        guard let at = parameters.firstIndex(where: { $0.name == parameter }) else { return nil }
        let fallback = parameters.indices.first {
            $0 > at && parameters[$0].name.contains("def") || parameters[$0].name == "fallback"
        }
        let raises = source.statements.contains {
            if case .keyword("raise", _) = $0.kind { $0.scope.last == function } else { false }
        }
        let flag = parameters.indices.first { Self.flags.contains(parameters[$0].name) }
        self.init(
            function: function, language: .python, file: source.path, nameIndex: at, defaultIndex: fallback,
            required: required || (raises && flag == nil), requiredFlag: flag.map { (parameters[$0].name, $0) })
    }

    /// Adds the variables that a file asks this function for, and the functions of the file that hand their own
    /// parameter on to it: `def get_int(name): return int(get(name))`.
    func readPython(_ source: PythonSource, into file: inout FileReads) {
        for (call, statement) in source.calls where call.callee.lastName == function {
            let argument = call.argument(nil, at: nameIndex) ?? call.arguments.first?.value
            guard let argument else { continue }
            let given = defaultIndex.flatMap { call.argument("default", at: $0) }
            let flag = requiredFlag.flatMap { call.argument($0.name, at: $0.index) }
            let isRequired = (required || flag == .name("True")) && given == nil
            guard let name = argument.string ?? source.constant(argument, before: statement) else {
                guard case .name(let parameter) = argument, let around = statement.scope.last, around != function,
                    let outer = EnvironmentWrapper(parameter, of: around, in: source, required: isRequired),
                    !file.wrappers.contains(where: { $0.key == outer.key })
                else { continue }
                file.wrappers.append(outer)
                continue
            }
            guard EnvironmentName.isScreaming(name) else { continue }
            file.add(
                name, line: call.line, required: isRequired, default: given.map(PythonLiteral.value) ?? .nothing)
        }
    }
}
