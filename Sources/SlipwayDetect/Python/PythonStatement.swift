// SPDX-License-Identifier: Apache-2.0

/// One logical line of a Python file.
package struct PythonStatement: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// `import a.b as c`; one statement per module.
        case importModule(String, alias: String?)
        /// `from ..a import b as c`; the module keeps its leading dots.
        case importFrom(String, names: [PythonImportedName])
        /// `a = b = value`, `a: int = value`, `a: int`, `a += value`; targets are the expressions before the `=`.
        case assignment([PythonExpression], annotation: PythonExpression?, value: PythonExpression?)
        case function(PythonFunction)
        case classDefinition(name: String, arguments: [PythonArgument], decorators: [PythonExpression])
        case expression(PythonExpression)
        /// `if`, `for`, `with`, `return`, `raise` and the rest: the keyword and its expressions.
        case keyword(String, [PythonExpression])
    }

    package var kind: Kind
    /// One-based.
    package var line: Int
    package var indentation: Int
    /// Names of the classes and functions around it, outermost first.
    package var scope: [String]

    /// The expressions on this line, decorators and default values included.
    package var expressions: [PythonExpression] {
        switch kind {
        case .importModule, .importFrom: []
        case .assignment(let targets, let annotation, let value):
            targets + [annotation, value].compactMap(\.self)
        case .function(let function):
            function.decorators + function.parameters.flatMap { [$0.annotation, $0.value].compactMap(\.self) }
        case .classDefinition(_, let arguments, let decorators): decorators + arguments.map(\.value)
        case .expression(let expression): [expression]
        case .keyword(_, let expressions): expressions
        }
    }
}

package struct PythonImportedName: Equatable, Sendable {
    /// `*` for everything.
    package var name: String
    package var alias: String?
}

package struct PythonFunction: Equatable, Sendable {
    package var name: String
    package var parameters: [PythonParameter]
    package var decorators: [PythonExpression]
    package var isAsync: Bool
    /// What stands behind `->`.
    package var returns: PythonExpression?
}

package struct PythonParameter: Equatable, Sendable {
    package var name: String
    package var annotation: PythonExpression?
    package var value: PythonExpression?
}
