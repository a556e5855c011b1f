using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace RfDetr.Serve;

/// <summary>
/// The API's description (<c>/openapi/v1.json</c>, OpenAPI 3.1) and a page to read and try it, without anything from outside.
/// </summary>
internal static class ApiDocument
{
    public const string Page = "/openapi/ui";

    public static void Add(IServiceCollection services) => services.AddOpenApi("v1", api =>
    {
        api.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "RF-DETR server",
                Version = ServerState.Version,
                Description = "Object detection and instance segmentation. Errors are `{message, code, request_id}`.",
            };
            document.Servers?.Clear(); // the address the document came from
            return Task.CompletedTask;
        });
        api.AddOperationTransformer((operation, context, _) =>
        {
            Describe(
                operation, context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteDescription>().FirstOrDefault());
            return Task.CompletedTask;
        });
    });

    public static void Map(WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference(Page, page =>
        {
            page.Title = "RF-DETR server";
            page.OpenApiRoutePattern = "/openapi/{documentName}.json";
            page.DefaultFonts = false;
            page.HideClientButton = true;
        });
    }

    private static void Describe(OpenApiOperation operation, RouteDescription? route)
    {
        if (route is null)
            return;
        (operation.Summary, operation.Description) = (route.Summary, route.Description);
        operation.Tags = null;
        foreach ((string name, string meaning) in route.Query)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = meaning,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (route.Bodies.Count > 0)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Content = route.Bodies.ToDictionary(
                    type => type,
                    type => new OpenApiMediaType
                    {
                        Schema = type.EndsWith("json", StringComparison.Ordinal)
                            || type.StartsWith("multipart", StringComparison.Ordinal)
                            ? new OpenApiSchema { Type = JsonSchemaType.Object }
                            : new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                    }),
            };
        }
    }
}
