using System.Reflection;

namespace RfDetr.Tests.House;

/// <summary>Types as C# writes them, nullability included.</summary>
internal static class TypeNames
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly (Type Type, string Keyword)[] s_keywords =
    [
        (typeof(void), "void"), (typeof(bool), "bool"), (typeof(byte), "byte"), (typeof(int), "int"), (typeof(long), "long"),
        (typeof(float), "float"), (typeof(double), "double"), (typeof(string), "string"), (typeof(object), "object"),
    ];

    public static string Of(ParameterInfo parameter) => Of(s_nullability.Create(parameter));

    public static string Of(PropertyInfo property) => Of(s_nullability.Create(property));

    public static string Of(FieldInfo field) => Of(s_nullability.Create(field));

    public static string Of(Type type)
    {
        if (Array.Find(s_keywords, k => k.Type == type).Keyword is { } keyword)
            return keyword;
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";
        string name = type.DeclaringType is { } outer && !type.IsGenericParameter ? $"{Of(outer)}.{type.Name}" : type.Name;
        return type.IsGenericType ? Generic(name, type.GetGenericArguments().Select(Of)) : name;
    }

    private static string Of(NullabilityInfo info)
    {
        Type type = info.Type;
        string mark = !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (info.ElementType is { } element)
            return Of(element) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is not null || info.GenericTypeArguments.Length == 0)
            return Of(type) + mark;
        return Generic(type.Name, info.GenericTypeArguments.Select(Of)) + mark;
    }

    private static string Generic(string name, IEnumerable<string> arguments) =>
        $"{name.Split('`')[0]}<{string.Join(", ", arguments)}>";
}
