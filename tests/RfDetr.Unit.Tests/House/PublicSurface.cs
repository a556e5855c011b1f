using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace RfDetr.Tests.House;

/// <summary>
/// Writes down an assembly's public surface, one member a line, in an order that does not depend on the source's.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (Type type in types.OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Kind(type)} {type.Namespace}.{TypeNames.Of(type)}\n");
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"    {member}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(n =>
                string.Create(
                    CultureInfo.InvariantCulture, $"{n} = {Convert.ToInt64(Enum.Parse(type, n), CultureInfo.InvariantCulture)}"));
        return type.GetConstructors(Declared).Select(c => $"new({Parameters(c)})")
            .Concat(type.GetFields(Declared).Select(f => $"{Static(f.IsStatic)}field {TypeNames.Of(f)} {f.Name}"))
            .Concat(type.GetProperties(Declared).Select(Property))
            .Concat(type.GetEvents(Declared).Select(e => $"event {TypeNames.Of(e.EventHandlerType!)} {e.Name}"))
            .Concat(
                type.GetMethods(Declared)
                    .Where(IsWritten)
                    .Select(m => $"{Static(m.IsStatic)}{TypeNames.Of(m.ReturnParameter)} {m.Name}({Parameters(m)})"));
    }

    // What the compiler adds to a record is not ours to review; accessors are listed with their property.
    private static bool IsWritten(MethodInfo m) =>
        !m.IsDefined(typeof(CompilerGeneratedAttribute))
            && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal));

    private static string Property(PropertyInfo p)
    {
        MethodInfo? setter = p.SetMethod is { IsPublic: true } s ? s : null;
        bool init = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        string required = p.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string accessors = (p.GetMethod is { IsPublic: true } ? "get;" : "") + (setter is null ? "" : init ? " init;" : " set;");
        return $"{Static((p.GetMethod ?? p.SetMethod)!.IsStatic)}{required}{TypeNames.Of(p)} {p.Name} {{ {accessors.Trim()} }}";
    }

    private static string Parameters(MethodBase m) =>
        string.Join(
            ", ", m.GetParameters().Select(p => $"{TypeNames.Of(p)} {p.Name}{(p.HasDefaultValue ? " = " + Default(p) : "")}"));

    private static string Default(ParameterInfo p) => p.DefaultValue switch
    {
        null when p.ParameterType.IsValueType => "default",
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        object other => other.ToString()!,
    };

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Kind(Type t) => t switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };
}
