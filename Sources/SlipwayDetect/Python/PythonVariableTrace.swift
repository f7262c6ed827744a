// SPDX-License-Identifier: Apache-2.0

/// Finds the variables of the environment whose value an expression is, through names, modules and settings classes.
struct PythonVariableTrace {
    private static let deepest = 6

    let modules: PythonModules
    /// Of all variables that the code reads.
    let names: Set<String>

    /// - Parameter whole: Whether a value that is put together from several texts does not count.
    func variables(
        in expression: PythonExpression, of file: PythonSource, whole: Bool, depth: Int = 0
    ) -> Set<String> {
        guard depth < Self.deepest else { return [] }
        func inner(_ parts: [PythonExpression]) -> Set<String> {
            Set(parts.flatMap { variables(in: $0, of: file, whole: whole, depth: depth + 1) })
        }
        switch expression {
        case .call(let call):
            let name = call.arguments.first.flatMap { $0.value.string }.flatMap { names.contains($0) ? $0 : nil }
            var base: [PythonExpression] = []
            if case .attribute(let owner, _) = call.callee { base = [owner] }
            return inner(base + call.arguments.map(\.value)).union([name].compactMap(\.self))
        case .subscripted(let item):
            return Set([item.index.string].compactMap(\.self)).intersection(names)
        case .operation("if", let operands) where operands.count == 3: return inner([operands[0], operands[2]])
        case .operation("or", let operands): return inner(operands)
        case .operation(_, let operands): return whole ? [] : inner(operands)
        case .formatted(_, let fields): return whole ? [] : inner(fields)
        case .name(let name):
            if let own = file.moduleAssignments[name] { return inner([own.value]) }
            if let definition = modules.definition(of: name, in: file), definition.path != file.path,
                let other = modules.source(definition.path),
                let value = other.moduleAssignments[definition.name]?.value
            {
                return variables(in: value, of: other, whole: whole, depth: depth + 1)
            }
            return setting(expression, in: file)
        case .attribute: return setting(expression, in: file)
        default: return []
        }
    }

    /// `settings.redis_url`, and what a function holds under a name of its own.
    private func setting(_ expression: PythonExpression, in file: PythonSource) -> Set<String> {
        guard let name = PythonSetting.of(expression, in: file, modules)?.variable, names.contains(name) else {
            return []
        }
        return [name]
    }
}
